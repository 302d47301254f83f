"""Journey: the whole of it in Chinese on a phone, from the home page to the notice of a reply."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acts import fill_in_sign_in, open_until, post_with, unmistakable
from tests.journeys.conftest import Meet
from tests.plugins.browser import PHONE

pytestmark = pytest.mark.browser


def test_an_replies_to_xu_yan_by_phone(meet: Meet) -> None:
    title = f"食堂的二维码扫不动了，阿姨说“你报名字就行” {unmistakable()}"
    xu_yan = meet("xuyan", "zh_Hans", **PHONE)
    _start_thread(xu_yan, title)

    # 首页 → 分论坛 → 主题帖
    an = meet(language="zh_Hans", **PHONE)
    an.goto("/")
    expect(an).to_have_title("汇聚")
    expect(an.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(an.get_by_role("heading", name="专家正在回答")).to_be_visible()
    expect(an.get_by_role("heading", name="正在讨论")).to_be_visible()
    an.get_by_role("region", name="分论坛").get_by_role("link", name="网络公益慈善").click()
    expect(an.get_by_role("heading", level=1)).to_have_text("网络公益慈善")
    row = an.get_by_role("listitem").filter(has_text=title)
    expect(row).to_contain_text("0 条回复")
    expect(row).to_contain_text("刚刚")
    row.get_by_role("link", name=title).click()

    # 登录 → 回复
    expect(an.get_by_text("有账号的人都可以回复。")).to_be_visible()
    an.get_by_role("link", name="登录后回复").click()
    expect(an.get_by_role("heading", level=1)).to_have_text("登录")
    fill_in_sign_in(an, "anan")
    expect(an.get_by_role("heading", name="您的回复")).to_be_visible()
    an.get_by_label("您的文字").fill("我妈的摊位也是报名字，她记得住三百个人。")
    an.get_by_role("button", name="预览").click()
    expect(an.get_by_role("region", name="预览").get_by_text("她记得住三百个人")).to_be_visible()
    an.get_by_role("button", name="发表回复").click()
    reply = post_with(an, "她记得住三百个人")
    expect(reply).to_contain_text("刚刚")
    expect(reply.get_by_role("link", name="编辑")).to_be_visible()
    expect(reply.get_by_role("link", name="删除")).to_be_visible()

    # 通知
    told = xu_yan.get_by_role("button", name=f"安 在“{title}”中回复了您。")
    open_until(xu_yan, "/", xu_yan.locator(".unread-dot"))
    xu_yan.locator("summary").filter(has_text="我和设置").click()
    xu_yan.get_by_role("navigation", name="我").get_by_role("link", name="通知").click()
    expect(xu_yan.get_by_role("heading", level=1)).to_have_text("通知")
    told.click()
    expect(post_with(xu_yan, "她记得住三百个人")).to_be_in_viewport()


def _start_thread(page: Page, title: str) -> None:
    page.goto("/subthemes/internet-charity")
    page.get_by_role("link", name="发主题帖").click()
    page.get_by_label("标题").fill(title)
    page.get_by_label("您的文字").fill("排队的人都笑了。后来真的报名字，一样快。")
    page.get_by_role("button", name="发布主题帖").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
