"""Which tests run on SQLite alone: those of pages, forms, words and rules, to which the kind of database is nothing.

All others run on both. What can differ between the two keeps its test on both: what is counted, sorted, searched or
cut in steps by the database, what is written by two at once, migrations, faults; and tests/test_on_postgres.py asks
PostgreSQL for every page and sends it every form. `ENGINES=both make test` runs everything on both.
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
    "accounts/test_claimed_addresses.py": "the_link_makes_the_address_theirs_whoever_typed_it_before "
    "an_older_account_signs_in_by_it_where_it_is_known",
    "accounts/test_cookies.py": "",
    "accounts/test_devices.py": "",
    "accounts/test_guardians.py": "",
    "accounts/test_limits.py": "",
    "accounts/test_links.py": "it_works_once two_at_once_redeem_it_once dead_ones_are_forgotten_after_a_week",
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
    "admin/test_merging.py": "all_that_somebody_wrote_moves_and_counters_are_right "
    "a_large_one_is_finished_by_the_worker what_both_have_is_had_once messages_that_both_flagged_are_flagged_once "
    "a_case_that_both_flagged_counts_one_flag reports_that_have_a_message_in_common_become_one "
    "what_both_read_is_read_once_and_the_higher_level_stays",
    "admin/test_people.py": "the_search_is_paged people_are_found_by_the_beginning_of_their_name",
    "admin/test_people_lists.py": "each_list_holds_those_it_names every_page_of_a_list_follows_the_one_before "
    "an_index_serves_each_list_and_its_further_pages who_signed_up_from_the_same_network "
    "a_large_network_is_paged_and_its_index_used",
    "admin/test_subthemes.py": "a_sub_theme_is_made",
    "answers/test_questions.py": "the_answer_is_shown_under_the_question_and_in_lists it_moves_along",
    "archive/test_corpora.py": "",
    "archive/test_export.py": "an_import_comes_out_with_the_ids_it_came_with the_number_of_statements_does_not_grow "
    "no_address_password_or_private_setting_leaves",
    "archive/test_import.py": "counters_are_those_of_the_rows people_go_on_writing_while_an_import_runs "
    "importing_again_changes_nothing a_later_file_goes_on_where_the_first_ended a_discussion_is_there_as_it_was "
    "an_answer_wears_a_credential_that_gives_no_right_today",
    "asking/test_states.py": "the_worker_carries_out_what_is_due_once_and_in_order a_host_is_earlier_than_the_plan",
    "avatars/test_choosing.py": "the_worker_sweeps_once_an_hour",
    "backup/test_keeping.py": "",
    "backup/test_round_trip.py": "it_is_of_one_moment_while_people_write",
    "cli/test_doctor.py": "a_sound_forum_is_well a_wrong_counter_is_named_and_set_right two_swapped_rows_are_found "
    "an_index_that_lost_a_post_or_kept_one_is_told "
    "imported_posts_wait_for_no_known_time_and_are_stuck_when_no_worker_comes",
    "cli/test_safety.py": "sample_accounts_are_a_danger",
    "core/test_compression.py": "",
    "core/test_crowding.py": "",
    "core/test_hosts.py": "",
    "core/test_page_cache.py": "every_change_is_seen_by_the_next_request "
    "shared_pages_show_nothing_of_the_tables_that_do_not_count without_an_answer_about_the_version_pages_are_made "
    "a_version_never_comes_again many_at_once_let_it_be_made_once what_is_never_kept_does_not_wait_for_the_database",
    "core/test_readers_pages.py": "whoever_is_special_gets_a_page_of_their_own "
    "a_kept_page_costs_two_statements_at_most_one_more",
    "entry/test_changing_factors.py": "",
    "entry/test_copied_cookies.py": "a_form_token_from_before_signing_in",
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
    "entry/test_throttling.py": "half_a_year_later_a_device_is_forgotten",
    "experts/test_desk.py": "the_oldest_waits_first_and_the_list_is_paged a_long_desk_costs_the_same",
    "home/test_home.py": "each_sub_theme_shows_its_latest_thread pages_follow_each_other_without_gap_or_repetition "
    "threads_of_one_moment_are_not_lost_between_pages the_number_of_statements_does_not_grow "
    "every_list_is_served_by_its_index unanswered_pinned_threads_come_first",
    "leaving/test_archive.py": "the_archive_holds_everything_of_hers_and_nothing_of_others "
    "a_maker_that_died_is_replaced_and_one_that_lives_is_not",
    "leaving/test_deletion.py": "a_deletion_that_dies_at_any_step_is_completed_once nothing_personal_is_left "
    "no_large_table_is_read_from_end_to_end_for_one_person long_work_goes_on_in_the_next_sweep "
    "the_operators_deletion_ends_when_the_worker_was_first the_search_finds_nobody_of_that_name",
    "live/test_asking.py": "the_second_ask_is_answered_from_memory_whoever_asks "
    "what_is_written_elsewhere_leaves_a_threads_state_kept",
    "live/test_pages.py": "lists_say_their_latest_activity",
    "mail/test_composing.py": "",
    "mail/test_returning.py": "a_report_is_counted_once",
    "mail/test_sending.py": "two_workers_at_once_send_it_once a_worker_killed_before_it_could_note_that_it_was_sent "
    "the_list_of_what_is_due_reads_its_index it_waits_longer_and_longer_and_is_given_up_after_two_days "
    "it_arrives_once rows_are_deleted_after_thirty_days_but_never_what_is_owed",
    "messages/test_conversations.py": "the_same_form_twice_makes_one_of_each "
    "two_equal_requests_at_once_start_one_conversation what_is_new_is_counted_for_each_and_read_by_the_worker "
    "the_list_goes_by_activity_and_pages_by_key messages_page_from_the_end",
    "messages/test_pages.py": "reading_writes_nothing_and_the_worker_remembers_it earlier_messages_are_a_link_away",
    "messages/test_policy.py": "",
    "moderation/test_answering_appeals.py": "evidence_waits_for_the_answer_although_the_author_left "
    "a_keep_that_is_overturned_corrects_everybodys_record",
    "moderation/test_appeals_of_the_suspended.py": "overlapping_suspensions_are_taken_back_one_by_one",
    "moderation/test_bulk.py": "it_is_reversed_as_one",
    "moderation/test_claiming.py": "a_claim_keeps_others_off",
    "moderation/test_closing_for_spam.py": "everything_goes_and_comes_back two_moderators_at_once_close_it_once "
    "what_ends_in_mid_step_goes_on_and_the_doctor_says_so",
    "moderation/test_deciding.py": "hide_and_remove suspend_removes_the_post_and_suspends_until_then "
    "a_second_decision_is_a_conflict",
    "moderation/test_decision_page.py": "",
    "moderation/test_editing_out.py": "it_comes_back_byte_for_byte",
    "moderation/test_flagged_profiles.py": "one_case_holds_what_everybody_read "
    "the_database_holds_one_open_case_a_profile_and_no_post_with_it "
    "two_flags_at_once_make_one_case_and_two_decisions_one pages_of_many_flags_cost_what_those_of_one_do",
    "moderation/test_flagged_threads.py": "it_goes_with_its_opening_and_comes_back_exactly "
    "one_open_case_a_thread_beside_that_of_its_opening",
    "moderation/test_flagging.py": "later_flags_join_the_case_and_raise_it",
    "moderation/test_hiding.py": "two_flags_at_once_cross_the_threshold_once "
    "two_independent_people_with_a_record_hide_a_new_post_and_keep_puts_it_back",
    "moderation/test_kinship.py": "three_flags_on_the_same_posts_make_people_alike_unless_they_were_right "
    "a_flag_costs_the_same_however_many_there_are a_network_of_a_session_joins_two_groups",
    "moderation/test_log_files.py": "the_files_check_out_without_the_forum "
    "random_tampering_with_the_database_is_named_at_its_row",
    "moderation/test_message_appeals.py": "another_moderator_overturns_a_warning_and_both_sides_are_told "
    "the_database_refuses_whoever_decided_before_and_a_second_appeal",
    "moderation/test_message_reports.py": "two_moderators_at_once_make_one_decision "
    "the_queue_pages_by_key_oldest_first a_flag_holds_copies_of_what_was_chosen_and_nothing_else",
    "moderation/test_presets.py": "",
    "moderation/test_public_log.py": "it_is_filtered_by_what_a_reader_chooses it_costs_the_same_however_long_it_is "
    "several_filters_at_once_look_through_a_bounded_piece_of_the_log it_is_paged every_filter_walks_along_an_index "
    "a_suspension_is_found_by_its_decision_without_the_post",
    "moderation/test_purging.py": "after_a_purge_the_word_stands_in_no_table_and_in_no_file",
    "moderation/test_queue.py": "the_queue_costs_the_same_however_long_it_is a_case_page_has_bounded_statements "
    "next_is_the_most_urgent_that_one_may_decide filters_narrow pages_follow_each_other_without_gap_or_repetition "
    "the_most_urgent_stands_first",
    "moderation/test_ranker.py": "of_two_workers_that_learn_at_once_one_is_kept it_learns_what_became_of_decisions "
    "a_worker_that_is_stopped_leaves_the_former_model "
    "the_title_is_read_with_the_opening_alone_and_many_batches_follow_each_other",
    "moderation/test_ranker_screening.py": "",
    "moderation/test_receipts.py": "the_list_has_pages_and_costs_the_same_however_long",
    "moderation/test_record.py": "a_record_costs_two_statements_however_long_it_is",
    "moderation/test_repeats.py": "new_accounts_with_one_text_are_held the_same_text_again_is_held_and_told "
    "fingerprints_are_kept_some_days_and_leave_with_the_person",
    "moderation/test_rules.py": "two_admins_do_not_publish_over_each_other",
    "moderation/test_screened_entries.py": "",
    "moderation/test_screening.py": "after_three_published_posts_nothing_is_held",
    "moderation/test_second_looks.py": "the_draw_happens_once_and_leaves_slips_out "
    "another_moderator_answers_blind_and_nothing_changes",
    "moderation/test_silence.py": "undone_and_overturned_it_ends_as_if_it_had_never_been",
    "moderation/test_statement.py": "",
    "moderation/test_theme_moderators.py": "their_desk_holds_the_cases_of_their_sub_theme_alone "
    "the_doctor_finds_a_row_that_disagrees_and_mends_it",
    "moderation/test_thread_outcomes.py": "by_the_form_undone_and_overturned",
    "moderation/test_transparency_report.py": "the_day_is_counted_when_it_is_over_and_a_month_once "
    "a_decision_moved_to_another_month_is_a_fault_that_doctor_names "
    "a_case_taken_back_and_decided_again_counts_once_also_in_months_that_were_counted",
    "moderation/test_two_decisions.py": "a_thread_ends_where_it_was_before_both",
    "moderation/test_undoing.py": "within_ten_seconds_everything_is_as_before",
    "moderation/test_watched_words.py": "it_holds_for_every_process_at_once_and_costs_no_statement",
    "notifications/test_list.py": "pages_and_their_cost the_bell_counts_to_a_bound_in_one_statement",
    "notifications/test_mailing.py": "once_a_thread_until_it_is_visited what_page_one_did_not_show_stays_unread",
    "notifications/test_quiet_hours.py": "",
    "notifications/test_telling.py": "a_mention_tells_whoever_is_named_once telling_twice_makes_one_notice "
    "two_workers_at_once_tell_once followers_hear_once_until_they_look "
    "one_post_that_fails_does_not_keep_the_others_waiting telling_reads_of_people_only_what_their_nights_need",
    "samples/test_seeding.py": "everything_of_the_files_is_there killed_in_the_middle_it_is_whole_the_next_time",
    "store/test_forum.py": "what_no_row_names_is_swept_after_an_hour a_purge_leaves_no_archive "
    "rows_that_name_what_is_not_there_are_mended_after_a_restore",
    "store/test_moving.py": "",
    "store/test_shelves.py": "",
    "threads/test_answer_as_expert.py": "the_answers_can_be_read_alone_and_page_by_page",
    "threads/test_delete.py": "an_opening_with_replies_leaves_the_thread "
    "the_last_reply_takes_the_latest_activity_with_it",
    "threads/test_edit.py": "two_changes_from_one_page_make_one a_change_from_an_old_page_is_kept_but_not_taken",
    "threads/test_limits.py": "a_second_click_is_answered_with_the_first_post",
    "threads/test_plugs.py": "what_is_done_with_a_reply_is_done_in_its_transaction",
    "threads/test_preview.py": "",
    "threads/test_quote.py": "",
    "threads/test_reading.py": "twenty_posts_a_page a_page_keeps_its_posts_whatever_happens_to_them "
    "the_number_of_statements_is_bounded_and_does_not_grow",
    "threads/test_recount.py": "a_wrong_thread_is_named_and_set_right wrong_sub_themes_and_people_are_named "
    "a_right_forum_has_no_faults",
    "threads/test_redaction.py": "",
    "threads/test_reply.py": "ann_replies a_reply_takes_few_statements a_parent_gone_meanwhile_is_forgotten",
    "threads/test_revisions.py": "a_long_history_comes_in_pages",
    "threads/test_sitemaps.py": "a_file_costs_one_statement",
    "threads/test_staff.py": "bob_moves_the_thread repeating_writes_nothing",
    "threads/test_start.py": "a_form_sent_twice_makes_one_thread",
    "threads/test_states.py": "an_opening_takes_its_thread_along_and_back a_reply_goes_and_comes_back_exactly "
    "states_join_the_callers_transaction it_takes_its_place_when_published",
    "trust/test_page.py": "",
    "trust/test_reading.py": "a_page_writes_nothing_and_the_flush_writes_it reading_again_counts_only_what_is_new "
    "a_fault_of_the_database_loses_nothing",
    "trust/test_unread.py": "a_dot_until_it_was_opened_and_again_after_a_reply mark_all_as_read_in_one_sub_theme "
    "the_thread_leads_to_the_first_new_post an_old_thread_never_opened_is_not_marked",
}


def engines_of(path: Path, test: str) -> tuple[str, ...]:
    """Return on which kinds of database the test of that name in the file at `path` runs."""
    if os.environ.get("ENGINES") == "both":
        return BOTH
    also = ON_SQLITE.get(path.relative_to(ROOT).as_posix())
    return BOTH if also is None or test.removeprefix("test_") in also.split() else SQLITE
