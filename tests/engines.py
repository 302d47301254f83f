"""Which tests run on SQLite alone: those of pages, forms, words and rules, to which the kind of database is nothing.

All others run on both. What can differ between the two keeps its test on both: what is counted, sorted, searched or
cut in steps by the database, what is written by two at once, migrations, faults; and tests/test_on_postgres.py asks
PostgreSQL for every page. `ENGINES=both make test` runs everything on both.
"""

from __future__ import annotations

import os
from pathlib import Path

BOTH, SQLITE = ("sqlite", "postgres"), ("sqlite",)
ROOT = Path(__file__).parent

# File: its tests that run on PostgreSQL too, without "test_".
ON_SQLITE: dict[str, str] = {
    "accounts/test_change_email.py": "an_address_taken_meanwhile_is_not_taken_away",
    "accounts/test_change_name.py": "search_follows a_name_is_taken_once_by_two_at_the_same_time",
    "accounts/test_cookies.py": "",
    "accounts/test_devices.py": "",
    "accounts/test_guardians.py": "",
    "accounts/test_modes.py": "two_at_once_confirm_once two_at_once_come_in_with_one_invitation_once "
    "it_is_forgotten_after_a_week what_waits_is_listed_oldest_first_page_by_page "
    "nobody_keeps_an_account_from_being_forgotten an_unconfirmed_account_does_not_keep_the_owner_out",
    "accounts/test_preferences.py": "",
    "accounts/test_private_parts.py": "contributions_are_counted_by_indexes threads_and_answers_are_counted",
    "accounts/test_profile.py": "",
    "accounts/test_register.py": "a_new_account_is_signed_in_and_welcomed",
    "accounts/test_sessions_end.py": "signing_in_writes_the_person_once",
    "accounts/test_sign_in.py": "who_is_signed_in_costs_one_statement",
    "accounts/test_strength.py": "",
    "accounts/test_ties.py": "one_statement_for_any_number_of_authors",
    "accounts/test_youth.py": "",
    "admin/test_entrance.py": "the_overview_costs_the_same_at_any_size",
    "admin/test_mail.py": "pages_go_on_by_key",
    "asking/test_states.py": "the_worker_carries_out_what_is_due_once_and_in_order a_host_is_earlier_than_the_plan",
    "avatars/test_choosing.py": "the_worker_sweeps_once_an_hour",
    "backup/test_keeping.py": "",
    "backup/test_round_trip.py": "everything_comes_back it_is_of_one_moment_while_people_write",
    "cli/test_safety.py": "sample_accounts_are_a_danger",
    "core/test_compression.py": "",
    "core/test_crowding.py": "",
    "core/test_hosts.py": "",
    "entry/test_changing_factors.py": "",
    "entry/test_devices.py": "when_a_device_was_seen_is_noted_by_the_worker",
    "entry/test_extra_fields.py": "",
    "entry/test_forgotten.py": "known_and_unknown_cost_the_same_statements",
    "entry/test_key_check.py": "",
    "entry/test_letters.py": "",
    "entry/test_passkeys.py": "it_is_added_with_a_name_and_signs_in_as_two_factors "
    "an_answer_works_once_in_its_browser_for_its_purpose_and_time",
    "entry/test_provider_refusals.py": "state_is_taken_once",
    "entry/test_providers.py": "one_round_trip_makes_one_account",
    "entry/test_proving.py": "",
    "entry/test_proving_outside.py": "",
    "entry/test_second_step.py": "a_code_is_taken_once_and_none_before_it",
    "entry/test_staff.py": "",
    "experts/test_desk.py": "the_oldest_waits_first_and_the_list_is_paged a_long_desk_costs_the_same",
    "leaving/test_archive.py": "the_archive_holds_everything_of_hers_and_nothing_of_others "
    "a_maker_that_died_is_replaced_and_one_that_lives_is_not",
    "leaving/test_deletion.py": "a_deletion_that_dies_at_any_step_is_completed_once nothing_personal_is_left "
    "no_large_table_is_read_from_end_to_end_for_one_person long_work_goes_on_in_the_next_sweep "
    "the_operators_deletion_ends_when_the_worker_was_first the_search_finds_nobody_of_that_name",
    "mail/test_composing.py": "",
    "mail/test_returning.py": "a_report_is_counted_once",
    "mail/test_sending.py": "two_workers_at_once_send_it_once a_worker_killed_before_it_could_note_that_it_was_sent "
    "the_list_of_what_is_due_reads_its_index it_waits_longer_and_longer_and_is_given_up_after_two_days "
    "it_arrives_once rows_are_deleted_after_thirty_days_but_never_what_is_owed",
    "messages/test_pages.py": "reading_writes_nothing_and_the_worker_remembers_it earlier_messages_are_a_link_away",
    "messages/test_policy.py": "",
    "moderation/test_appeals_of_the_suspended.py": "overlapping_suspensions_are_taken_back_one_by_one",
    "moderation/test_closing_for_spam.py": "everything_goes_and_comes_back two_moderators_at_once_close_it_once "
    "what_ends_in_mid_step_goes_on_and_the_doctor_says_so",
    "moderation/test_decision_page.py": "",
    "moderation/test_editing_out.py": "it_comes_back_byte_for_byte",
    "moderation/test_hiding.py": "two_flags_at_once_cross_the_threshold_once "
    "two_independent_people_with_a_record_hide_a_new_post_and_keep_puts_it_back",
    "moderation/test_log_files.py": "the_files_check_out_without_the_forum "
    "random_tampering_with_the_database_is_named_at_its_row",
    "moderation/test_message_appeals.py": "another_moderator_overturns_a_warning_and_both_sides_are_told "
    "the_database_refuses_whoever_decided_before_and_a_second_appeal",
    "moderation/test_message_reports.py": "two_moderators_at_once_make_one_decision "
    "the_queue_pages_by_key_oldest_first a_flag_holds_copies_of_what_was_chosen_and_nothing_else",
    "moderation/test_presets.py": "",
    "moderation/test_purging.py": "after_a_purge_the_word_stands_in_no_table_and_in_no_file",
    "moderation/test_ranker.py": "of_two_workers_that_learn_at_once_one_is_kept it_learns_what_became_of_decisions "
    "a_worker_that_is_stopped_leaves_the_former_model "
    "the_title_is_read_with_the_opening_alone_and_many_batches_follow_each_other",
    "moderation/test_ranker_screening.py": "",
    "moderation/test_record.py": "a_record_costs_two_statements_however_long_it_is",
    "moderation/test_repeats.py": "new_accounts_with_one_text_are_held the_same_text_again_is_held_and_told "
    "fingerprints_are_kept_some_days_and_leave_with_the_person",
    "moderation/test_rules.py": "two_admins_do_not_publish_over_each_other",
    "moderation/test_second_looks.py": "the_draw_happens_once_and_leaves_slips_out "
    "another_moderator_answers_blind_and_nothing_changes",
    "moderation/test_silence.py": "undone_and_overturned_it_ends_as_if_it_had_never_been",
    "moderation/test_statement.py": "",
    "moderation/test_theme_moderators.py": "their_desk_holds_the_cases_of_their_sub_theme_alone "
    "the_doctor_finds_a_row_that_disagrees_and_mends_it",
    "moderation/test_two_decisions.py": "a_thread_ends_where_it_was_before_both",
    "moderation/test_undoing.py": "within_ten_seconds_everything_is_as_before",
    "moderation/test_watched_words.py": "it_holds_for_every_process_at_once_and_costs_no_statement",
    "notifications/test_mailing.py": "once_a_thread_until_it_is_visited what_page_one_did_not_show_stays_unread",
    "notifications/test_quiet_hours.py": "",
    "samples/test_seeding.py": "everything_of_the_files_is_there killed_in_the_middle_it_is_whole_the_next_time "
    "it_fails_as_a_whole",
    "threads/test_answer_as_expert.py": "the_answers_can_be_read_alone_and_page_by_page",
    "threads/test_edit.py": "two_changes_from_one_page_make_one a_change_from_an_old_page_is_kept_but_not_taken",
    "threads/test_plugs.py": "what_is_done_with_a_reply_is_done_in_its_transaction",
    "threads/test_preview.py": "",
    "threads/test_quote.py": "",
    "threads/test_reading.py": "twenty_posts_a_page a_page_keeps_its_posts_whatever_happens_to_them "
    "the_number_of_statements_is_bounded_and_does_not_grow",
    "threads/test_sitemaps.py": "a_file_costs_one_statement",
    "threads/test_redaction.py": "",
    "trust/test_page.py": "",
    "trust/test_unread.py": "a_dot_until_it_was_opened_and_again_after_a_reply "
    "mark_all_as_read_in_one_sub_theme the_thread_leads_to_the_first_new_post an_old_thread_never_opened_is_not_marked",
}


def engines_of(path: Path, test: str) -> tuple[str, ...]:
    """Return on which kinds of database the test of that name in the file at `path` runs."""
    if os.environ.get("ENGINES") == "both":
        return BOTH
    also = ON_SQLITE.get(path.relative_to(ROOT).as_posix())
    return BOTH if also is None or test.removeprefix("test_") in also.split() else SQLITE
