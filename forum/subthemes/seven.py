"""The seven sub-forums of the first China Internet Civilization Conference, with which every forum starts.

Names and order are the conference's (design/contract.md); the paragraphs are our own. From then on they are rows
that an admin edits.
"""

from __future__ import annotations

from typing import NamedTuple


class Beginning(NamedTuple):
    """What a new forum's sub-theme is called and about, in both languages."""

    slug: str
    name_en: str
    name_zh: str
    description_en: str
    description_zh: str


SEVEN = (
    Beginning(
        "online-content",
        "Online content",
        "网络内容建设",
        "What deserves to be read: good writing, honest sources, stories told well, and how they find their readers.",
        "什么值得一读：好文章、可靠的来源、讲得好的故事，以及它们怎样找到读者。",
    ),
    Beginning(
        "internet-ecology",
        "Internet ecology",
        "网络生态治理",
        "How people treat each other online: rumours, harassment, fan wars, and what keeps a place worth visiting.",
        "人们在网上怎样相处：谣言、网暴、饭圈之争，以及怎样让一个地方值得常来。",
    ),
    Beginning(
        "law-online",
        "Rule of law online",
        "网络法治",
        "Rights and duties on the network: privacy, copyright, consumers, evidence, and rules in daily life.",
        "网络上的权利与义务：隐私、版权、消费者权益、电子证据，以及规则在日常生活中如何落实。",
    ),
    Beginning(
        "youth-internet-culture",
        "Youth internet culture",
        "青少年网络文明素养",
        "Growing up online: games, screens and schoolwork, learning to judge what one sees, and what adults can do.",
        "在网络中成长：游戏、屏幕与学业，学会辨别所见所闻，以及大人能做些什么。",
    ),
    Beginning(
        "data-and-algorithms",
        "Data and algorithms",
        "数据与算法",
        "What is collected, what is recommended, and why: data, models, fairness, and how to look inside.",
        "收集了什么、推荐了什么、为什么：数据、模型、公平，以及怎样看清它们的内部。",
    ),
    Beginning(
        "internet-charity",
        "Internet charity",
        "网络公益慈善",
        "Giving and helping through the network: fundraising, volunteers, trust, and where the money goes.",
        "通过网络捐赠与互助：筹款、志愿者、信任，以及善款的去向。",
    ),
    Beginning(
        "platform-economy",
        "Platform economy",
        "平台经济诚信建设",
        "Trade and work on platforms: honest reviews, fair terms, couriers and shops, and trust between strangers.",
        "平台上的交易与劳动：真实的评价、公平的条款、骑手与店家，以及陌生人之间的信任。",
    ),
)
