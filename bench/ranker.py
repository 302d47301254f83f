"""`python bench/ranker.py [--texts 10000] [--labelled FILE]`: what the learned ranker learns, how fast and how well.

On texts that the script makes up (bench/decided_texts.py) it learns four fifths and orders the newest fifth. The
measure, which must be met (else exit status 1): of the first 20 cases that a moderator opens, and on average over all
cases to be removed, its order is better than oldest first; also with 200 texts. Then it is reported, not asserted: how
many of the public discussions of CORPORA it would have asked about or held, which are honest and like nothing that it
has learned, and what it says of text-message spam that it has never seen; FILE, if given, holds lines "spam<TAB>text"
or "ham<TAB>text", as the well-known collection of text messages does.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.corpora import CORPORA, CORPUS  # noqa: E402
from bench.decided_texts import decided_texts  # noqa: E402
from moderation.ranker.learners import Learned, examples, learned  # noqa: E402
from moderation.ranker.learning import Model, features, learn  # noqa: E402
from moderation.ranker.measuring import FIRST, area_under, is_useful, reaches  # noqa: E402
from moderation.ranker.queries import Decided  # noqa: E402
from moderation.ranker.texts import says_where_to_turn  # noqa: E402

START = datetime(2026, 1, 1, tzinfo=UTC)
ASKS, HOLDS = 90, 90  # per cent
# Written for this script after the manner of text-message spam: prizes, loans, parcels, premium numbers.
MESSAGES = {
    "en": (
        "URGENT! Your number was selected for a £2000 prize. Call 09061 701461 from a landline now. T&Cs apply.",
        "Your parcel is held at the depot. Pay the fee of 1.99 here: parcel-pay.example/uk",
        "Congrats! You have won 2 tickets to the final. Text WIN to 80082 to claim. 150p per msg",
        "Need cash before payday? Loans up to 5000 approved in minutes, reply YES or visit fastloan.example",
        "FREE ringtone! Reply TONE to 88600 now. Stop? send STOP. 18+ only",
        "Dear customer, your account is locked. Verify your identity at http://secure-login.example within 24h",
    ),
    "zh": (
        "【中奖通知】恭喜您的号码获得8888元大奖,请致电 400-8823-112 领取,逾期作废",
        "您的快递因地址不详被退回,请点击 kd-pay.example 补缴运费1.9元",
        "无抵押贷款,当天放款,额度最高50万,详询 138-0011-2299,退订回T",
        "【银行】您的账户积分即将清零,登录 jifen.example 兑换现金",
        "高薪兼职日结300-500,在家可做,加QQ 88231190",
        "澳门新店开业,注册就送888,网址 www.am888.example",
    ),
}


def made_up(number: int) -> list[Decided]:
    """Return so many decided texts, newest first; their cases were opened in another order than they were decided."""
    rows = [
        Decided(each.text, each.lang, each.rule, START + timedelta(minutes=place * 7919 % (number * 10)))
        for place, each in enumerate(decided_texts(number))
    ]
    return rows[::-1]


def compare(number: int) -> tuple[Learned, list[str]]:
    """Learn, print the figures, and return what was learned with what fell short."""
    began, before = time.process_time(), _megabytes()
    found = examples(made_up(number))
    read = time.process_time() - began
    made = learned(found)
    both = time.process_time() - began
    figures, first = made.figures, made.figures["first"]
    print(
        f"{number} texts ({len(found)} different): read in {read:.1f} s, learned four times in {both - read:.1f} s of"
    )
    print(f"  processor time, {_megabytes() - before:.0f} MB more; kept in {_kilobytes(made)} kB")
    print(f"  held out {figures['tested']}, of these to be removed {figures['against']}; area {figures['area']:.3f}")
    print(f"  of the first {FIRST}: {first['ranked']} by the ranker, {first['oldest']} oldest first")
    ranked, oldest = _mean_places(found)
    print(f"  a case to be removed stands on average at {ranked:.0%} of the queue, oldest first at {oldest:.0%}")
    for percent, met, right in figures["ask"]:
        print(f"  from {percent} %: {right} of {met} rightly, of {figures['against']} to be found", end="")
        spam = next((row for row in figures["hold"] if row[0] == percent), None)
        print(f"; as spam {spam[2]} of {spam[1]}, of {figures['spam']}" if spam else "")
    for lang, row in figures["languages"].items():
        print(f"  {lang} from 50 %: {row['right']} of {row['met']} rightly, of {row['against']} to be found")
    faults = []
    if first["ranked"] <= first["oldest"] or ranked >= oldest or not is_useful(figures):
        faults.append(f"with {number} texts it does no better than oldest first")
    return made, faults


def _mean_places(found: Sequence[object]) -> tuple[float, float]:
    """Return where a case to be removed stands in the mean, as a share of the queue: by the ranker, and by age."""
    rows: list[object] = list(found)
    first = len(rows) - round(len(rows) * 0.2)
    old, new = found[:first], found[first:]
    model = learn([each.pieces for each in old], [each.is_against for each in old])  # type: ignore[attr-defined]
    orders = (
        sorted(new, key=lambda each: -model.probability(each.pieces)),  # type: ignore[attr-defined]
        sorted(new, key=lambda each: each.opened_at),  # type: ignore[attr-defined]
    )
    places = [[place for place, each in enumerate(order) if each.is_against] for order in orders]  # type: ignore[attr-defined]
    ranked, oldest = (sum(each) / len(each) / len(new) for each in places)
    return ranked, oldest


def report_on_corpora(made: Learned) -> None:
    """Print how many of the public discussions it would have asked about, and held."""
    for corpus in CORPUS:
        texts = [entry.typed or entry.body for discussion in corpus.discussions() for entry in discussion.posts][:5000]
        asked = sum(reaches(_says(made.against, text), ASKS) for text in texts)
        held = sum(says_where_to_turn(text) and reaches(_says(made.spam, text), HOLDS) for text in texts)
        print(f"  {corpus.folder}: of {len(texts)} posts {asked} asked about, {held} held")


def report_on_messages(made: Learned, labelled: Path | None) -> None:
    """Print what it says of text-message spam that it has not seen."""
    for lang, texts in MESSAGES.items():
        shares = sorted(_says(made.spam, text) for text in texts)
        print(f"  {lang}: {len(texts)} messages, as spam from {shares[0]:.0%} to {shares[-1]:.0%},", end=" ")
        print(f"half of them from {shares[len(shares) // 2]:.0%}; from {HOLDS} %: {_reaching(shares)}")
    if labelled:
        lines = [line.partition("\t") for line in labelled.read_text(encoding="utf-8").splitlines() if "\t" in line]
        shares = [_says(made.spam, text) for _, _, text in lines]
        answers = [label == "spam" for label, _, _ in lines]
        met = [answer for share, answer in zip(shares, answers, strict=True) if reaches(share, HOLDS)]
        print(
            f"  {labelled.name}: area {area_under(shares, answers)}; from {HOLDS} %: {sum(met)} of {len(met)} rightly,"
        )
        print(f"  of {sum(answers)} to be found among {len(answers)}")


def _reaching(shares: Iterable[float]) -> int:
    return sum(reaches(share, HOLDS) for share in shares)


def _says(model: Model, text: str) -> float:
    return model.probability(features(text))


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _kilobytes(made: Learned) -> int:
    return (len(made.against.packed()) + len(made.spam.packed())) // 1024


def main() -> int:
    """Compare, report, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--labelled", type=Path)
    asked = parser.parse_args()
    faults = compare(200)[1]
    made, more = compare(asked.texts)
    print(f"Reported only, from {ASKS} % (asked) and {HOLDS} % (held):")
    if CORPORA.is_dir():
        report_on_corpora(made)
    report_on_messages(made, asked.labelled)
    for fault in faults + more:
        print(fault)
    return 1 if faults + more else 0


if __name__ == "__main__":
    sys.exit(main())
