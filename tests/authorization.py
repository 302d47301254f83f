"""Who may do what: one line for each route, method and thing; this table is the documentation and the test.

An answer is the status, or `login`: sent to the sign-in page. 404 stands where the thing's existence is no business of
the viewer. `author` wrote the post or thread (alice); `expert` has a credential for another sub-theme, `here` for this
one; `mod` holds no case, `holder` is the moderator who holds the claimed one; `susp` still sends the old cookie.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from forum.accounts import consents, documents, proofs
from forum.asking import clock as session_clock
from forum.core.database import Clock, now
from forum.core.text import plain_slug
from tests.people import PASSWORD
from tests.stage import ARCHIVED, ELSEWHERE, HERE, SILENCED, THEME_MODERATORS, VIEWERS, Stage

TABLE = """
#    route                                     thing          anon  netizen author expert here  mod   holder admin susp
GET  /                                         -              200   200     200    200    200   200   200    200   200
GET  /about                                    -              200   200     200    200    200   200   200    200   200
GET  /rules                                    -              200   200     200    200    200   200   200    200   200
GET  /robots.txt                               -              200   200     200    200    200   200   200    200   200
GET  /favicon.ico                              -              302   302     302    302    302   302   302    302   302
GET  /health/live                              -              200   200     200    200    200   200   200    200   200
GET  /live                                     -              200   200     200    200    200   200   200    200   200
GET  /live/threads/<thread_id>                 visible        200   200     200    200    200   200   200    200   200
GET  /live/threads/<thread_id>                 archived       200   200     200    200    200   200   200    200   200
GET  /live/threads/<thread_id>                 held           404   404     404    404    404   404   404    404   404
GET  /live/threads/<thread_id>                 hidden         404   404     404    404    404   404   404    404   404
GET  /live/threads/<thread_id>                 removed        404   404     404    404    404   404   404    404   404
GET  /live/threads/<thread_id>                 deleted        404   404     404    404    404   404   404    404   404
GET  /live/threads/<thread_id>                 missing        404   404     404    404    404   404   404    404   404
GET  /health/ready                             -              200   200     200    200    200   200   200    200   200
GET  /sitemap.xml                              -              200   200     200    200    200   200   200    200   200
GET  /sitemaps/places.xml                      -              200   200     200    200    200   200   200    200   200
GET  /sitemaps/threads-<number>.xml            first          200   200     200    200    200   200   200    200   200
GET  /sitemaps/threads-<number>.xml            missing        404   404     404    404    404   404   404    404   404
GET  /metrics                                  -              404   404     404    404    404   404   404    404   404
GET  /static/<filename>                        css/site.css   200   200     200    200    200   200   200    200   200
GET  /static/<filename>                        missing.css    404   404     404    404    404   404   404    404   404
GET  /static/<filename>                        ../wsgi.py     404   404     404    404    404   404   404    404   404
GET  /search                                   -              200   200     200    200    200   200   200    200   200
GET  /experts                                  -              200   200     200    200    200   200   200    200   200
GET  /experts/desk                             -              login 403     403    200    200   403   403    403   login
GET  /experts/apply                            -              login 200     200    200    200   200   200    200   login
POST /experts/apply                            -              401   303     409    303    303   409   303    303   401
GET  /experts/credentials/<credential_id>      here           200   200     200    200    200   200   200    200   200
GET  /experts/credentials/<credential_id>      missing        404   404     404    404    404   404   404    404   404
GET  /experts/credentials/<credential_id>/renew     ending    login 404     404    404    200   404   404    404   login
GET  /experts/credentials/<credential_id>/renew     here      login 404     404    404    409   404   404    404   login
GET  /experts/credentials/<credential_id>/renew     missing   login 404     404    404    404   404   404    404   login
POST /experts/credentials/<credential_id>/renew     ending    401   404     404    404    303   404   404    404   401
POST /experts/credentials/<credential_id>/renew     here      401   404     404    404    409   404   404    404   401
POST /experts/credentials/<credential_id>/renew     missing   401   404     404    404    404   404   404    404   401
POST /experts/credentials/<credential_id>/languages here      401   404     404    404    303   404   404    404   401
POST /experts/credentials/<credential_id>/languages missing   401   404     404    404    404   404   404    404   401
GET  /experts/credentials/<credential_id>/revoke    here      login 403     403    403    403   200   200    200   login
GET  /experts/credentials/<credential_id>/revoke    admins    login 403     403    403    403   200   200    200   login
GET  /experts/credentials/<credential_id>/revoke    missing   login 403     403    403    403   404   404    404   login
POST /experts/credentials/<credential_id>/revoke    here      401   403     403    403    403   303   303    303   401
POST /experts/credentials/<credential_id>/revoke    admins    401   403     403    403    403   303   303    303   401
POST /experts/credentials/<credential_id>/revoke    missing   401   403     403    403    403   404   404    404   401
GET  /settings/credentials                          -         login 200     200    200    200   200   200    200   login
POST /settings/credentials/applications/<application_id>/withdraw alices  401 404 303 404 404 404 404 404 401
POST /settings/credentials/applications/<application_id>/withdraw decided 401 404 303 404 404 404 404 404 401
POST /settings/credentials/applications/<application_id>/withdraw missing 401 404 404 404 404 404 404 404 401
GET  /moderation/credentials                          -       login 403     403    403    403   200   200    200   login
GET  /moderation/credentials/<application_id>         alices  login 403     403    403    403   200   200    200   login
GET  /moderation/credentials/<application_id>         beas    login 403     403    403    403   200   200    200   login
GET  /moderation/credentials/<application_id>         missing login 403     403    403    403   404   404    404   login
POST /moderation/credentials/<application_id>/grant   alices  401   403     403    403    403   303   303    303   401
POST /moderation/credentials/<application_id>/grant   beas    401   403     403    403    403   403   303    303   401
POST /moderation/credentials/<application_id>/grant   decided 401   403     403    403    403   409   409    409   401
POST /moderation/credentials/<application_id>/grant   missing 401   403     403    403    403   404   404    404   401
POST /moderation/credentials/<application_id>/decline alices  401   403     403    403    403   303   303    303   401
POST /moderation/credentials/<application_id>/decline beas    401   403     403    403    403   403   303    303   401
POST /moderation/credentials/<application_id>/decline decided 401   403     403    403    403   409   409    409   401
POST /moderation/credentials/<application_id>/decline missing 401   403     403    403    403   404   404    404   401
GET  /subthemes/<slug>                         open           200   200     200    200    200   200   200    200   200
GET  /subthemes/<slug>                         archived       200   200     200    200    200   200   200    200   200
GET  /subthemes/<slug>                         missing        404   404     404    404    404   404   404    404   404
GET  /subthemes/<slug>/threads/new             open           login 200     200    200    200   200   200    200   login
GET  /subthemes/<slug>/threads/new             archived       login 403     403    403    403   403   403    403   login
GET  /subthemes/<slug>/threads/new             missing        login 404     404    404    404   404   404    404   login
POST /subthemes/<slug>/threads/new             open           401   303     303    303    303   303   303    303   401
POST /subthemes/<slug>/threads/new             archived       401   403     403    403    403   403   403    403   401
POST /subthemes/<slug>/threads/new             missing        401   404     404    404    404   404   404    404   401
GET  /threads/<thread_id>                      visible        301   301     301    301    301   301   301    301   301
GET  /threads/<thread_id>                      held           404   404     301    404    404   301   301    301   404
GET  /threads/<thread_id>                      hidden         404   404     301    404    404   301   301    301   404
GET  /threads/<thread_id>                      removed        404   404     404    404    404   301   301    301   404
GET  /threads/<thread_id>                      deleted        404   404     404    404    404   301   301    301   404
GET  /threads/<thread_id>                      missing        404   404     404    404    404   404   404    404   404
GET  /threads/<thread_id>/<slug>               visible        200   200     200    200    200   200   200    200   200
GET  /threads/<thread_id>/<slug>               archived       200   200     200    200    200   200   200    200   200
GET  /threads/<thread_id>/<slug>               held           404   404     200    404    404   200   200    200   404
GET  /threads/<thread_id>/<slug>               hidden         404   404     200    404    404   200   200    200   404
GET  /threads/<thread_id>/<slug>               removed        404   404     404    404    404   200   200    200   404
GET  /threads/<thread_id>/<slug>               deleted        404   404     404    404    404   200   200    200   404
GET  /threads/<thread_id>/<slug>               missing        404   404     404    404    404   404   404    404   404
POST /threads/<thread_id>/posts                visible        401   303     303    303    303   303   303    303   401
POST /threads/<thread_id>/posts                pinned         401   303     303    303    303   303   303    303   401
POST /threads/<thread_id>/posts                locked         401   403     403    403    403   403   403    403   401
POST /threads/<thread_id>/posts                archived       401   403     403    403    403   403   403    403   401
POST /threads/<thread_id>/posts                held           401   404     403    404    404   403   403    403   401
POST /threads/<thread_id>/posts                hidden         401   404     403    404    404   403   403    403   401
POST /threads/<thread_id>/posts                removed        401   404     404    404    404   403   403    403   401
POST /threads/<thread_id>/posts                deleted        401   404     404    404    404   403   403    403   401
POST /threads/<thread_id>/posts                missing        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/posts                pinned+badge   401   422     422    422    303   422   422    422   401
POST /threads/<thread_id>/posts                visible+badge  401   422     422    422    422   422   422    422   401
POST /threads/<thread_id>/drafts               pinned         401   403     403    403    303   403   403    403   401
POST /threads/<thread_id>/drafts               visible        401   403     403    403    403   403   403    403   401
POST /threads/<thread_id>/drafts               removed        401   404     404    404    404   403   403    403   401
POST /threads/<thread_id>/drafts               missing        401   404     404    404    404   404   404    404   401
GET  /drafts/<draft_id>                        chens          login 404     404    404    200   404   404    404   login
GET  /drafts/<draft_id>                        missing        login 404     404    404    404   404   404    404   login
POST /drafts/<draft_id>/discard                chens          401   404     404    404    303   404   404    404   401
POST /drafts/<draft_id>/discard                missing        401   404     404    404    404   404   404    404   401
GET  /threads/<thread_id>/manage               visible        login 403     403    403    403   200   200    200   login
GET  /threads/<thread_id>/manage               held           login 404     403    404    404   200   200    200   login
GET  /threads/<thread_id>/manage               hidden         login 404     403    404    404   200   200    200   login
GET  /threads/<thread_id>/manage               removed        login 404     404    404    404   200   200    200   login
GET  /threads/<thread_id>/manage               deleted        login 404     404    404    404   200   200    200   login
GET  /threads/<thread_id>/manage               missing        login 404     404    404    404   404   404    404   login
POST /threads/<thread_id>/pin                  visible        401   403     403    403    403   303   303    303   401
POST /threads/<thread_id>/pin                  archived       401   403     403    403    403   303   303    303   401
POST /threads/<thread_id>/pin                  held           401   404     403    404    404   409   409    409   401
POST /threads/<thread_id>/pin                  hidden         401   404     403    404    404   409   409    409   401
POST /threads/<thread_id>/pin                  removed        401   404     404    404    404   409   409    409   401
POST /threads/<thread_id>/pin                  deleted        401   404     404    404    404   409   409    409   401
POST /threads/<thread_id>/pin                  missing        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/unpin                pinned         401   403     403    403    403   303   303    303   401
POST /threads/<thread_id>/unpin                held           401   404     403    404    404   409   409    409   401
POST /threads/<thread_id>/unpin                removed        401   404     404    404    404   409   409    409   401
POST /threads/<thread_id>/unpin                missing        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/lock                 visible        401   403     403    403    403   303   303    303   401
POST /threads/<thread_id>/lock                 held           401   404     403    404    404   409   409    409   401
POST /threads/<thread_id>/lock                 removed        401   404     404    404    404   409   409    409   401
POST /threads/<thread_id>/lock                 missing        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/unlock               locked         401   403     403    403    403   303   303    303   401
POST /threads/<thread_id>/unlock               held           401   404     403    404    404   409   409    409   401
POST /threads/<thread_id>/unlock               removed        401   404     404    404    404   409   409    409   401
POST /threads/<thread_id>/unlock               missing        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/slow                 visible        401   403     403    403    403   303   303    303   401
POST /threads/<thread_id>/slow                 held           401   404     403    404    404   409   409    409   401
POST /threads/<thread_id>/slow                 missing        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/move                 visible        401   403     403    403    403   303   303    303   401
POST /threads/<thread_id>/move                 pinned         401   403     403    403    403   303   303    303   401
POST /threads/<thread_id>/move                 archived       401   403     403    403    403   303   303    303   401
POST /threads/<thread_id>/move                 held           401   404     403    404    404   409   409    409   401
POST /threads/<thread_id>/move                 hidden         401   404     403    404    404   409   409    409   401
POST /threads/<thread_id>/move                 removed        401   404     404    404    404   409   409    409   401
POST /threads/<thread_id>/move                 deleted        401   404     404    404    404   409   409    409   401
POST /threads/<thread_id>/move                 missing        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/question             visible        401   403     303    403    403   303   303    303   401
POST /threads/<thread_id>/question             archived       401   403     403    403    403   403   403    403   401
POST /threads/<thread_id>/question             held           401   404     403    404    404   403   403    403   401
POST /threads/<thread_id>/question             missing        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/question/withdraw    question       401   403     303    403    403   303   303    303   401
POST /threads/<thread_id>/question/withdraw    held           401   404     403    404    404   403   403    403   401
POST /threads/<thread_id>/question/withdraw    missing        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/answer/unchoose      question       401   403     303    403    403   303   303    303   401
POST /threads/<thread_id>/answer/unchoose      held           401   404     403    404    404   403   403    403   401
POST /threads/<thread_id>/answer/unchoose      missing        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/answer/lock          question       401   403     403    403    403   303   303    303   401
POST /threads/<thread_id>/answer/lock          visible        401   403     403    403    403   422   422    422   401
POST /threads/<thread_id>/answer/lock          missing        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/answer/unlock        question       401   403     403    403    403   303   303    303   401
POST /threads/<thread_id>/answer/unlock        missing        401   404     404    404    404   404   404    404   401
GET  /threads/<thread_id>/invite               asked          login 200     200    200    200   200   200    200   login
GET  /threads/<thread_id>/invite               visible        login 403     403    403    403   403   403    403   login
GET  /threads/<thread_id>/invite               held           login 404     403    404    404   403   403    403   login
GET  /threads/<thread_id>/invite               missing        login 404     404    404    404   404   404    404   login
POST /threads/<thread_id>/invite               asked          401   303     303    303    422   303   303    303   401
POST /threads/<thread_id>/invite               visible        401   403     403    403    403   403   403    403   401
POST /threads/<thread_id>/invite               missing        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/invite/decline       asked          401   303     303    303    303   303   303    303   401
POST /threads/<thread_id>/invite/decline       missing        401   404     404    404    404   404   404    404   401
POST /posts/<post_id>/choose                   answer         401   403     303    403    403   303   303    303   401
POST /posts/<post_id>/choose                   visible        401   403     403    403    403   403   403    403   401
POST /posts/<post_id>/choose                   missing        401   404     404    404    404   404   404    404   401
GET  /posts/<post_id>                          visible        303   303     303    303    303   303   303    303   303
GET  /posts/<post_id>                          held           404   404     303    404    404   303   303    303   404
GET  /posts/<post_id>                          hidden         303   303     303    303    303   303   303    303   303
GET  /posts/<post_id>                          removed        303   303     303    303    303   303   303    303   303
GET  /posts/<post_id>                          deleted        303   303     303    303    303   303   303    303   303
GET  /posts/<post_id>                          in_hidden      404   404     303    404    404   303   303    303   404
GET  /posts/<post_id>                          in_removed     404   404     404    404    404   303   303    303   404
GET  /posts/<post_id>                          opening_held   404   404     303    404    404   303   303    303   404
GET  /posts/<post_id>                          opening_hidden 404   404     303    404    404   303   303    303   404
GET  /posts/<post_id>                          missing        404   404     404    404    404   404   404    404   404
GET  /posts/<post_id>/quote                    visible        200   200     200    200    200   200   200    200   200
GET  /posts/<post_id>/quote                    held           404   404     404    404    404   404   404    404   404
GET  /posts/<post_id>/quote                    hidden         404   404     404    404    404   404   404    404   404
GET  /posts/<post_id>/quote                    removed        404   404     404    404    404   404   404    404   404
GET  /posts/<post_id>/quote                    deleted        404   404     404    404    404   404   404    404   404
GET  /posts/<post_id>/quote                    in_hidden      404   404     200    404    404   200   200    200   404
GET  /posts/<post_id>/quote                    in_removed     404   404     404    404    404   200   200    200   404
GET  /posts/<post_id>/quote                    opening_held   404   404     404    404    404   404   404    404   404
GET  /posts/<post_id>/quote                    opening_hidden 404   404     404    404    404   404   404    404   404
GET  /posts/<post_id>/quote                    missing        404   404     404    404    404   404   404    404   404
GET  /posts/<post_id>/revisions                visible        200   200     200    200    200   200   200    200   200
GET  /posts/<post_id>/revisions                held           404   404     200    404    404   200   200    200   404
GET  /posts/<post_id>/revisions                hidden         404   404     200    404    404   200   200    200   404
GET  /posts/<post_id>/revisions                removed        404   404     404    404    404   200   200    200   404
GET  /posts/<post_id>/revisions                deleted        404   404     404    404    404   200   200    200   404
GET  /posts/<post_id>/revisions                in_hidden      404   404     200    404    404   200   200    200   404
GET  /posts/<post_id>/revisions                in_removed     404   404     404    404    404   200   200    200   404
GET  /posts/<post_id>/revisions                opening_held   404   404     200    404    404   200   200    200   404
GET  /posts/<post_id>/revisions                opening_hidden 404   404     200    404    404   200   200    200   404
GET  /posts/<post_id>/revisions                missing        404   404     404    404    404   404   404    404   404
GET  /posts/<post_id>/edit                     visible        login 403     200    403    403   403   403    403   login
GET  /posts/<post_id>/edit                     in_locked      login 403     403    403    403   403   403    403   login
GET  /posts/<post_id>/edit                     held           login 404     200    404    404   403   403    403   login
GET  /posts/<post_id>/edit                     hidden         login 404     403    404    404   403   403    403   login
GET  /posts/<post_id>/edit                     removed        login 404     404    404    404   403   403    403   login
GET  /posts/<post_id>/edit                     deleted        login 404     404    404    404   403   403    403   login
GET  /posts/<post_id>/edit                     in_hidden      login 404     200    404    404   403   403    403   login
GET  /posts/<post_id>/edit                     missing        login 404     404    404    404   404   404    404   login
POST /posts/<post_id>/edit                     visible        401   403     303    403    403   403   403    403   401
POST /posts/<post_id>/edit                     in_locked      401   403     403    403    403   403   403    403   401
POST /posts/<post_id>/edit                     in_archived    401   403     403    403    403   403   403    403   401
POST /posts/<post_id>/edit                     held           401   404     303    404    404   403   403    403   401
POST /posts/<post_id>/edit                     hidden         401   404     403    404    404   403   403    403   401
POST /posts/<post_id>/edit                     removed        401   404     404    404    404   403   403    403   401
POST /posts/<post_id>/edit                     deleted        401   404     404    404    404   403   403    403   401
POST /posts/<post_id>/edit                     in_hidden      401   404     303    404    404   403   403    403   401
POST /posts/<post_id>/edit                     in_removed     401   404     404    404    404   403   403    403   401
POST /posts/<post_id>/edit                     opening        401   403     303    403    403   403   403    403   401
POST /posts/<post_id>/edit                     opening_held   401   404     303    404    404   403   403    403   401
POST /posts/<post_id>/edit                     opening_hidden 401   404     403    404    404   403   403    403   401
POST /posts/<post_id>/edit                     missing        401   404     404    404    404   404   404    404   401
GET  /posts/<post_id>/delete                   visible        login 403     200    403    403   403   403    403   login
GET  /posts/<post_id>/delete                   in_locked      login 403     200    403    403   403   403    403   login
GET  /posts/<post_id>/delete                   held           login 404     200    404    404   403   403    403   login
GET  /posts/<post_id>/delete                   hidden         login 403     403    403    403   403   403    403   login
GET  /posts/<post_id>/delete                   removed        login 403     403    403    403   403   403    403   login
GET  /posts/<post_id>/delete                   deleted        login 403     403    403    403   403   403    403   login
GET  /posts/<post_id>/delete                   missing        login 404     404    404    404   404   404    404   login
POST /posts/<post_id>/delete                   visible        401   403     303    403    403   403   403    403   401
POST /posts/<post_id>/delete                   in_locked      401   403     303    403    403   403   403    403   401
POST /posts/<post_id>/delete                   in_archived    401   403     303    403    403   403   403    403   401
POST /posts/<post_id>/delete                   held           401   404     303    404    404   403   403    403   401
POST /posts/<post_id>/delete                   hidden         401   403     403    403    403   403   403    403   401
POST /posts/<post_id>/delete                   removed        401   403     403    403    403   403   403    403   401
POST /posts/<post_id>/delete                   deleted        401   403     303    403    403   403   403    403   401
POST /posts/<post_id>/delete                   in_hidden      401   404     303    404    404   403   403    403   401
POST /posts/<post_id>/delete                   in_removed     401   404     404    404    404   403   403    403   401
POST /posts/<post_id>/delete                   opening        401   403     303    403    403   403   403    403   401
POST /posts/<post_id>/delete                   opening_held   401   404     303    404    404   403   403    403   401
POST /posts/<post_id>/delete                   opening_hidden 401   404     403    404    404   403   403    403   401
POST /posts/<post_id>/delete                   missing        401   404     404    404    404   404   404    404   401
GET  /posts/<post_id>/flags                    visible        login 200     403    200    200   200   200    200   login
GET  /posts/<post_id>/flags                    held           login 404     404    404    404   404   404    404   login
GET  /posts/<post_id>/flags                    hidden         login 404     404    404    404   404   404    404   login
GET  /posts/<post_id>/flags                    removed        login 404     404    404    404   404   404    404   login
GET  /posts/<post_id>/flags                    in_hidden      login 404     403    404    404   200   200    200   login
GET  /posts/<post_id>/flags                    by_bea         login 200     200    200    200   403   200    200   login
GET  /posts/<post_id>/flags                    missing        login 404     404    404    404   404   404    404   login
POST /posts/<post_id>/flags                    visible        401   303     403    303    303   303   303    303   401
POST /posts/<post_id>/flags                    in_locked      401   303     403    303    303   303   303    303   401
POST /posts/<post_id>/flags                    held           401   404     404    404    404   404   404    404   401
POST /posts/<post_id>/flags                    hidden         401   404     404    404    404   404   404    404   401
POST /posts/<post_id>/flags                    removed        401   404     404    404    404   404   404    404   401
POST /posts/<post_id>/flags                    deleted        401   404     404    404    404   404   404    404   401
POST /posts/<post_id>/flags                    in_hidden      401   404     403    404    404   303   303    303   401
POST /posts/<post_id>/flags                    by_bea         401   303     303    303    303   403   303    303   401
POST /posts/<post_id>/flags                    missing        401   404     404    404    404   404   404    404   401
GET  /posts/<post_id>/flags/visitor            visible        200   303     303    303    303   303   303    303   200
GET  /posts/<post_id>/flags/visitor            held           404   303     303    303    303   303   303    303   404
GET  /posts/<post_id>/flags/visitor            hidden         404   303     303    303    303   303   303    303   404
GET  /posts/<post_id>/flags/visitor            removed        404   303     303    303    303   303   303    303   404
GET  /posts/<post_id>/flags/visitor            deleted        404   303     303    303    303   303   303    303   404
GET  /posts/<post_id>/flags/visitor            in_hidden      404   303     303    303    303   303   303    303   404
GET  /posts/<post_id>/flags/visitor            missing        404   303     303    303    303   303   303    303   404
POST /posts/<post_id>/flags/visitor            visible        303   303     303    303    303   303   303    303   303
POST /posts/<post_id>/flags/visitor            held           404   303     303    303    303   303   303    303   404
POST /posts/<post_id>/flags/visitor            hidden         404   303     303    303    303   303   303    303   404
POST /posts/<post_id>/flags/visitor            removed        404   303     303    303    303   303   303    303   404
POST /posts/<post_id>/flags/visitor            deleted        404   303     303    303    303   303   303    303   404
POST /posts/<post_id>/flags/visitor            in_hidden      404   303     303    303    303   303   303    303   404
POST /posts/<post_id>/flags/visitor            missing        404   303     303    303    303   303   303    303   404
GET  /flags/confirm/<token>                    visitors_flag  200   200     200    200    200   200   200    200   200
GET  /flags/confirm/<token>                    missing        404   404     404    404    404   404   404    404   404
POST /flags/confirm/<token>                    visitors_flag  303   303     303    303    303   303   303    303   303
POST /flags/confirm/<token>                    missing        404   404     404    404    404   404   404    404   404
GET  /flags/receipt/<token>                    visitors_receipt 200   200     200    200    200   200   200    200   200
GET  /flags/receipt/<token>                    missing        404   404     404    404    404   404   404    404   404
GET  /flags/letters/<token>                    visitors_letters 200   200     200    200    200   200   200    200   200
GET  /flags/letters/<token>                    missing        404   404     404    404    404   404   404    404   404
POST /flags/letters/<token>                    visitors_letters 200   200     200    200    200   200   200    200   200
POST /flags/letters/<token>                    missing        404   404     404    404    404   404   404    404   404
GET  /threads/<thread_id>/flags                visible        login 200     403    200    200   200   200    200   login
GET  /threads/<thread_id>/flags                held           login 404     404    404    404   404   404    404   login
GET  /threads/<thread_id>/flags                hidden         login 404     404    404    404   404   404    404   login
GET  /threads/<thread_id>/flags                removed        login 404     404    404    404   404   404    404   login
GET  /threads/<thread_id>/flags                deleted        login 404     404    404    404   404   404    404   login
GET  /threads/<thread_id>/flags                missing        login 404     404    404    404   404   404    404   login
POST /threads/<thread_id>/flags                visible        401   303     403    303    303   303   303    303   401
POST /threads/<thread_id>/flags                held           401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/flags                hidden         401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/flags                removed        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/flags                deleted        401   404     404    404    404   404   404    404   401
POST /threads/<thread_id>/flags                missing        401   404     404    404    404   404   404    404   401
GET  /people/<username>/flags                  ann            login 200     200    200    200   200   200    200   login
GET  /people/<username>/flags                  alice          login 200     403    200    200   200   200    200   login
GET  /people/<username>/flags                  missing        login 404     404    404    404   404   404    404   login
POST /people/<username>/flags                  ann            401   303     303    303    303   303   303    303   401
POST /people/<username>/flags                  alice          401   303     403    303    303   303   303    303   401
POST /people/<username>/flags                  missing        401   404     404    404    404   404   404    404   401
POST /preview                                  fragment       401   200     200    200    200   200   200    200   401
POST /preview                                  subtheme       401   200     200    200    200   200   200    200   401
POST /preview                                  thread:visible 401   200     200    200    200   200   200    200   401
POST /preview                                  thread:locked  401   200     200    200    200   200   200    200   401
POST /preview                                  thread:held    401   404     200    404    404   200   200    200   401
POST /preview                                  thread:hidden  401   404     200    404    404   200   200    200   401
POST /preview                                  thread:removed 401   404     404    404    404   200   200    200   401
POST /preview                                  post:visible   401   200     200    200    200   200   200    200   401
POST /preview                                  post:held      401   404     200    404    404   200   200    200   401
POST /preview                                  post:hidden    401   404     200    404    404   200   200    200   401
POST /preview                                  post:removed   401   404     404    404    404   200   200    200   401
POST /preview                                  post:missing   401   404     404    404    404   404   404    404   401
GET  /people/<username>                        alice          200   200     200    200    200   200   200    200   200
GET  /people/<username>                        sam            200   200     200    200    200   200   200    200   200
GET  /people/<username>                        al1ce_before   301   301     301    301    301   301   301    301   301
GET  /people/<username>                        nobody         404   404     404    404    404   404   404    404   404
POST /preferences                              same-origin    303   303     303    303    303   303   303    303   303
POST /preferences                              cross-site     403   403     403    403    403   403   403    403   403
GET  /register                                 -              200   303     303    303    303   303   303    303   200
POST /register                                 -              303   303     303    303    303   303   303    303   303
GET  /login                                    -              200   303     303    303    303   303   303    303   200
POST /login                                    -              303   303     303    303    303   303   303    303   303
POST /logout                                   -              303   303     303    303    303   303   303    303   303
GET  /terms                                    -              200   200   200   200   200   200   200   200   200
GET  /privacy                                  -              200   200   200   200   200   200   200   200   200
POST /consents                                 present        401   303   303   303   303   303   303   303   401
POST /consents                                 outdated       401   409   409   409   409   409   409   409   401
GET  /confirm/<token>                          open           200   200   200   200   200   200   200   200   200
GET  /confirm/<token>                          missing        404   404   404   404   404   404   404   404   404
POST /confirm/<token>                          open           303   303   303   303   303   303   303   303   303
POST /confirm/<token>                          missing        404   404   404   404   404   404   404   404   404
GET  /guardian/<token>                         guardians      200   200   200   200   200   200   200   200   200
GET  /guardian/<token>                         missing        404   404   404   404   404   404   404   404   404
POST /guardian/<token>                         guardians      200   200   200   200   200   200   200   200   200
POST /guardian/<token>                         missing        404   404   404   404   404   404   404   404   404
GET  /settings/age                             -              login 200   200   200   200   200   200   200   login
POST /settings/age                             -              401   303   303   303   303   303   303   303   401
POST /settings/age/adult                       -              401   409   409   409   409   409   409   409   401
POST /admin/people/<username>/age              mallory        401   403   403   403   403   403   403   303   401
POST /admin/people/<username>/age              missing        401   403   403   403   403   403   403   404   401
POST /confirm/resend                           -              401   303   303   303   303   303   303   303   401
GET  /invitations                              -              login 200   200   200   200   200   200   200   login
POST /invitations                              -              401   303   303   303   303   303   303   303   401
POST /invitations/<invitation_id>/withdraw     mallorys       401   303   404   404   404   404   404   404   401
POST /invitations/<invitation_id>/withdraw     missing        401   404   404   404   404   404   404   404   401
GET  /login/second                             -              login login   login  login  login login login  login login
POST /login/second                             -              login login   login  login  login login login  login login
POST /login/passkey                            -              422   422     422    422    422   422   422    422   422
POST /login/provider/<provider>                missing        404   404     404    404    404   404   404    404   404
GET  /login/provider/<provider>/callback       missing        404   404     404    404    404   404   404    404   404
GET  /register/provider                        -              login login   login  login  login login login  login login
POST /register/provider                        -              login login   login  login  login login login  login login
GET  /forgot                                   -              200   200     200    200    200   200   200    200   200
POST /forgot                                   -              200   200     200    200    200   200   200    200   200
GET  /reset/<token>                            missing        404   404     404    404    404   404   404    404   404
POST /reset/<token>                            missing        404   404     404    404    404   404   404    404   404
GET  /prove                                    -              login 200     200    200    200   200   200    200   login
POST /prove                                    -              401   303     303    303    303   303   303    303   401
POST /prove/provider/<provider>                missing        401   404     404    404    404   404   404    404   401
GET  /settings/profile                         -              login 200     200    200    200   200   200    200   login
POST /settings/profile                         -              401   303     303    303    303   303   303    303   401
GET  /settings/avatar                          -              login 200     200    200    200   200   200    200   login
POST /settings/avatar                          -              401   303     303    303    303   303   303    303   401
GET  /avatars/<name>                           missing        404   404     404    404    404   404   404    404   404
GET  /settings/name                            -              login 200     200    200    200   200   200    200   login
POST /settings/name                            -              401   303     303    303    303   303   303    303   401
GET  /settings/email                           -              login 200     200    200    200   200   200    200   login
POST /settings/email                           -              401   303     303    303    303   303   303    303   401
GET  /settings/email/<token>                   new_address    200   200     200    200    200   200   200    200   200
GET  /settings/email/<token>                   missing        404   404     404    404    404   404   404    404   404
POST /settings/email/<token>                   new_address    303   303     303    303    303   303   303    303   303
POST /settings/email/<token>                   missing        404   404     404    404    404   404   404    404   404
GET  /settings/data                            -              login 200     200    200    200   200   200    200   login
POST /settings/data                            -              401   303     303    303    303   303   303    303   401
GET  /settings/data/<export_id>                alices         login 404     200    404    404   404   404    404   login
GET  /settings/data/<export_id>                missing        login 404     404    404    404   404   404    404   login
GET  /settings/delete                          -              login 200     200    200    200   200   200    200   login
POST /settings/delete                          -              401   303     303    303    303   303   303    303   401
POST /settings/delete/cancel                   -              401   303     303    303    303   303   303    303   401
GET  /settings/password                        -              login 200     200    200    200   200   200    200   login
POST /settings/password                        -              401   303     303    303    303   303   303    303   401
GET  /settings/sessions                        -              login 200     200    200    200   200   200    200   login
POST /settings/mail/try                        -              401   303     303    303    303   303   303    303   401
GET  /mail/arrives/<token>                     missing        404   404     404    404    404   404   404    404   404
POST /mail/arrives/<token>                     missing        404   404     404    404    404   404   404    404   404
GET  /settings/mail                            -              login 200     200    200    200   200   200    200   login
POST /settings/mail                            -              401   303     303    303    303   303   303    303   401
GET  /mail/unsubscribe/<token>                 alices         200   200     200    200    200   200   200    200   200
GET  /mail/unsubscribe/<token>                 forged         404   404     404    404    404   404   404    404   404
POST /mail/unsubscribe/<token>                 alices         200   200     200    200    200   200   200    200   200
POST /mail/unsubscribe/<token>                 forged         404   404     404    404    404   404   404    404   404
POST /settings/sessions/end                    own            401   303     303    303    303   303   303    303   401
POST /settings/sessions/end                    others         401   303     303    303    303   303   303    303   401
POST /settings/sessions/end                    authors        401   404     303    404    404   404   404    404   401
POST /settings/sessions/end                    missing        401   404     404    404    404   404   404    404   401
GET  /settings/security                        -              login 200     200    200    200   200   200    200   login
POST /settings/security/authenticator          -              401   303     303    303    303   303   303    303   401
GET  /settings/security/authenticator/confirm  -              login 303     303    303    303   303   303    303   login
POST /settings/security/authenticator/confirm  -              401   303     303    303    303   303   303    303   401
POST /settings/security/authenticator/remove   -              401   303     303    303    303   303   303    303   401
POST /settings/security/recovery               -              401   409     409    409    409   409   409    409   401
POST /settings/security/passkeys               -              401   422     422    422    422   422   422    422   401
POST /settings/security/passkeys/<passkey_id>  authors        401   404     303    404    404   404   404    404   401
POST /settings/security/passkeys/<passkey_id>  missing        401   404     404    404    404   404   404    404   401
POST /settings/security/passkeys/<passkey_id>/remove authors 401   404     303    404    404   404   404    404   401
POST /settings/security/passkeys/<passkey_id>/remove missing 401   404     404    404    404   404   404    404   401
POST /settings/security/providers/<provider>   missing        401   404     404    404    404   404   404    404   401
POST /settings/security/identities/<identity_id>/remove authors 401 404     303    404    404   404   404    404   401
POST /settings/security/identities/<identity_id>/remove missing 401 404     404    404    404   404   404    404   401
GET  /notifications                            -              login 200     200    200    200   200   200    200   login
POST /notifications/read                       all            401   303     303    303    303   303   303    303   401
POST /notifications/read                       visible        401   404     303    404    404   404   404    404   401
POST /notifications/read                       hidden         401   404     303    404    404   404   404    404   401
POST /notifications/read                       missing        401   404     404    404    404   404   404    404   401
POST /notifications/mute                       visible        401   404     303    404    404   404   404    404   401
POST /notifications/mute                       missing        401   404     404    404    404   404   404    404   401
GET  /programme                                -              200   200   200   200   200   200   200   200   200
GET  /programme/<slug>                         online         200   200   200   200   200   200   200   200   200
GET  /programme/<slug>                         nowhere        404   404   404   404   404   404   404   404   404
GET  /programme/<slug>/calendar.ics            online         200   200   200   200   200   200   200   200   200
GET  /programme/<slug>/calendar.ics            nowhere        404   404   404   404   404   404   404   404   404
GET  /programme/<slug>/subthemes/<subtheme>.ics online         200   200   200   200   200   200   200   200   200
GET  /programme/<slug>/subthemes/<subtheme>.ics nowhere        404   404   404   404   404   404   404   404   404
GET  /programme/items/<item_id>                here           200   200   200   200   200   200   200   200   200
GET  /programme/items/<item_id>                cancelled      200   200   200   200   200   200   200   200   200
GET  /programme/items/<item_id>                missing        404   404   404   404   404   404   404   404   404
GET  /programme/items/<item_id>/calendar.ics   here           200   200   200   200   200   200   200   200   200
GET  /programme/items/<item_id>/calendar.ics   missing        404   404   404   404   404   404   404   404   404
GET  /programme/mine                           -              login 200   200   200   200   200   200   200   login
GET  /programme/mine/<token>/calendar.ics      alices_calendar 200   200   200   200   200   200   200   200   200
GET  /programme/mine/<token>/calendar.ics      forged         404   404   404   404   404   404   404   404   404
POST /programme/mine/calendar                  -              401   303   303   303   303   303   303   303   401
POST /programme/items/<item_id>/sign-up        here           401   303   303   303   303   303   303   303   401
POST /programme/items/<item_id>/sign-up        cancelled      401   409   409   409   409   409   409   409   401
POST /programme/items/<item_id>/sign-up        missing        401   404   404   404   404   404   404   404   401
POST /programme/items/<item_id>/withdraw       here           401   303   303   303   303   303   303   303   401
POST /programme/items/<item_id>/withdraw       cancelled      401   303   303   303   303   303   303   303   401
POST /programme/items/<item_id>/withdraw       missing        401   404   404   404   404   404   404   404   401
POST /programme/items/<item_id>/step-down      here           401   303   303   303   303   303   303   303   401
POST /programme/items/<item_id>/step-down      missing        401   404   404   404   404   404   404   404   401
GET  /programme/new                            -              login 403   403   403   403   403   403   200   login
POST /programme/new                            -              401   403   403   403   403   403   403   303   401
GET  /programme/<slug>/edit                    online         login 403   403   403   403   403   403   200   login
GET  /programme/<slug>/edit                    nowhere        login 403   403   403   403   403   403   404   login
POST /programme/<slug>/edit                    online         401   403   403   403   403   403   403   303   401
POST /programme/<slug>/edit                    nowhere        401   403   403   403   403   403   403   404   401
GET  /programme/<slug>/items/new               online         login 403   403   403   403   200   200   200   login
GET  /programme/<slug>/items/new               nowhere        login 404   404   404   404   404   404   404   login
POST /programme/<slug>/items/new               online         401   403   403   403   403   303   303   303   401
POST /programme/<slug>/items/new               nowhere        401   404   404   404   404   404   404   404   401
GET  /programme/items/<item_id>/edit           here           login 403   403   403   403   200   200   200   login
GET  /programme/items/<item_id>/edit           missing        login 404   404   404   404   404   404   404   login
POST /programme/items/<item_id>/edit           here           401   403   403   403   403   303   303   303   401
POST /programme/items/<item_id>/edit           missing        401   404   404   404   404   404   404   404   401
GET  /programme/items/<item_id>/notes          here           login 403   403   403   403   200   200   200   login
GET  /programme/items/<item_id>/notes          missing        login 404   404   404   404   404   404   404   login
POST /programme/items/<item_id>/notes          here           401   403   403   403   403   303   303   303   401
POST /programme/items/<item_id>/notes          missing        401   404   404   404   404   404   404   404   401
POST /programme/items/<item_id>/cancel         here           401   403   403   403   403   303   303   303   401
POST /programme/items/<item_id>/cancel         missing        401   404   404   404   404   404   404   404   401
POST /programme/items/<item_id>/reinstate      cancelled      401   403   403   403   403   303   303   303   401
POST /programme/items/<item_id>/reinstate      missing        401   404   404   404   404   404   404   404   401
GET  /messages                                 -              login 200     200    200    200   200   200    200   login
POST /messages/choice                          -              401   303     303    303    303   303   303    303   401
GET  /messages/new                             -              login 403     403    200    200   200   200    200   login
POST /messages/new                             -              401   403     403    303    303   303   303    303   401
POST /messages/preview                         fragment       401   200     200    200    200   200   200    200   401
POST /messages/preview                         talk:alices    401   404     200    404    404   404   404    404   401
POST /messages/preview                         new            401   200     200    200    200   200   200    200   401
GET  /messages/<conversation_id>               alices         login 404     200    404    404   404   404    404   login
GET  /messages/<conversation_id>               beas           login 404     404    404    404   200   404    404   login
GET  /messages/<conversation_id>               missing        login 404     404    404    404   404   404    404   login
POST /messages/<conversation_id>               alices         401   404     303    404    404   404   404    404   401
POST /messages/<conversation_id>               beas           401   404     404    404    404   303   404    404   401
POST /messages/<conversation_id>               missing        401   404     404    404    404   404   404    404   401
GET  /messages/<conversation_id>/leave         alices         login 404     200    404    404   404   404    404   login
POST /messages/<conversation_id>/leave         alices         401   404     303    404    404   404   404    404   401
POST /messages/<conversation_id>/leave         missing        401   404     404    404    404   404   404    404   401
GET  /messages/<conversation_id>/<message_id>/delete alices   login 404     200    404    404   404   404    404   login
GET  /messages/<conversation_id>/<message_id>/delete anns     login 404     403    404    404   404   404    404   login
GET  /messages/<conversation_id>/<message_id>/delete crossed  login 404     404    404    404   404   404    404   login
POST /messages/<conversation_id>/<message_id>/delete alices   401   404     303    404    404   404   404    404   401
POST /messages/<conversation_id>/<message_id>/delete anns     401   404     403    404    404   404   404    404   401
POST /messages/<conversation_id>/<message_id>/delete crossed  401   404     404    404    404   404   404    404   401
GET  /messages/<conversation_id>/flags         alices         login 404     200    404    404   404   404    404   login
GET  /messages/<conversation_id>/flags         missing        login 404     404    404    404   404   404    404   login
POST /messages/<conversation_id>/flags         anns           401   404     303    404    404   404   404    404   401
POST /messages/<conversation_id>/flags         alices         401   404     422    404    404   404   404    404   401
POST /messages/<conversation_id>/flags         crossed        401   404     422    404    404   404   404    404   401
GET  /moderation/messages                      -              login 403     403    403    403   200   200    200   login
GET  /moderation/inside                        -              login 403     403    403    403   200   200    200   login
GET  /moderation/messages/<report_id>          open           login 403     403    403    403   200   200    200   login
GET  /moderation/messages/<report_id>          decided        login 403     403    403    403   200   200    200   login
GET  /moderation/messages/<report_id>          by_bea         login 403     403    403    403   404   200    200   login
GET  /moderation/messages/<report_id>          for_bea        login 403     403    403    403   200   200    200   login
GET  /moderation/messages/<report_id>          missing        login 403     403    403    403   404   404    404   login
POST /moderation/messages/<report_id>/decisions open          401   403     403    403    403   303   303    303   401
POST /moderation/messages/<report_id>/decisions decided       401   403     403    403    403   409   409    409   401
POST /moderation/messages/<report_id>/decisions by_bea        401   403     403    403    403   404   303    303   401
POST /moderation/messages/<report_id>/decisions for_bea       401   403     403    403    403   403   303    303   401
POST /moderation/messages/<report_id>/decisions missing       401   403     403    403    403   404   404    404   401
GET  /moderation/messages/<report_id>/decision decided        login 404     200    404    404   200   200    200   login
GET  /moderation/messages/<report_id>/decision open           login 404     404    404    404   404   404    404   login
GET  /moderation/messages/<report_id>/decision missing        login 404     404    404    404   404   404    404   login
GET  /moderation/screens                       -              login 403     403    403    403   200   200    200   login
GET  /moderation/screens/new                   -              login 403     403    403    403   200   200    200   login
POST /moderation/screens/new                   -              401   403     403    403    403   200   200    200   401
GET  /moderation/screens/<screen_id>           on             login 403     403    403    403   200   200    200   login
GET  /moderation/screens/<screen_id>           missing        login 403     403    403    403   404   404    404   login
POST /moderation/screens/<screen_id>           on             401   403     403    403    403   200   200    200   401
POST /moderation/screens/<screen_id>           missing        401   403     403    403    403   404   404    404   401
POST /moderation/screens/<screen_id>/off       on             401   403     403    403    403   303   303    303   401
POST /moderation/screens/<screen_id>/off       missing        401   403     403    403    403   404   404    404   401
POST /moderation/screens/<screen_id>/on        off            401   403     403    403    403   303   303    303   401
POST /moderation/screens/<screen_id>/on        missing        401   403     403    403    403   404   404    404   401
GET  /moderation/presets                       -              login 403     403    403    403   200   200    200   login
GET  /moderation/presets/new                   -              login 403     403    403    403   200   200    200   login
POST /moderation/presets/new                   -              401   403     403    403    403   303   303    303   401
GET  /moderation/presets/<preset_id>           spam           login 403     403    403    403   200   200    200   login
GET  /moderation/presets/<preset_id>           missing        login 403     403    403    403   404   404    404   login
POST /moderation/presets/<preset_id>           spam           401   403     403    403    403   303   303    303   401
POST /moderation/presets/<preset_id>           missing        401   403     403    403    403   404   404    404   401
POST /moderation/presets/<preset_id>/remove    spam           401   403     403    403    403   303   303    303   401
POST /moderation/presets/<preset_id>/remove    missing        401   403     403    403    403   404   404    404   401
GET  /moderation/ranker                        -              login 403     403    403    403   200   200    200   login
POST /moderation/ranker                        -              401   403     403    403    403   403   403    303   401
GET  /moderation/log                           -              200   200     200    200    200   200   200    200   200
GET  /moderation/log/files                     -              200   200   200   200   200   200   200   200   200
GET  /moderation/log/<month>.csv               2026-11        200   200   200   200   200   200   200   200   200
GET  /moderation/log/<month>.csv               nonsense       404   404   404   404   404   404   404   404   404
GET  /moderation/report                        -              200   200   200   200   200   200   200   200   200
GET  /moderation/report.csv                    -              200   200   200   200   200   200   200   200   200
GET  /moderation/report.json                   -              200   200   200   200   200   200   200   200   200
GET  /feeds/moderation-log.atom                -              200   200   200   200   200   200   200   200   200
GET  /moderation/decisions/<decision_id>       hidden         login 404     200    404    404   200   200    200   login
GET  /moderation/decisions/<decision_id>       removed        login 404     200    404    404   200   200    200   login
GET  /moderation/decisions/<decision_id>       missing        login 404     404    404    404   404   404    404   login
GET  /moderation/decisions/<decision_id>/appeal hidden        login 404     303    404    404   404   404    404   login
GET  /moderation/decisions/<decision_id>/appeal kept          login 200     404    404    404   404   404    404   login
GET  /moderation/decisions/<decision_id>/appeal missing       login 404     404    404    404   404   404    404   login
POST /moderation/decisions/<decision_id>/appeal hidden        401   404     303    404    404   404   404    404   401
POST /moderation/decisions/<decision_id>/appeal removed       401   404     409    404    404   404   404    404   401
POST /moderation/decisions/<decision_id>/appeal kept          401   303     404    404    404   404   404    404   401
POST /moderation/decisions/<decision_id>/appeal missing       401   404     404    404    404   404   404    404   401
GET  /appeals/<token>                          to_hidden      200   200     200    200    200   200   200    200   200
GET  /appeals/<token>                          forged         404   404     404    404    404   404   404    404   404
POST /appeals/<token>                          to_hidden      303   303     303    303    303   303   303    303   303
POST /appeals/<token>                          forged         404   404     404    404    404   404   404    404   404
GET  /settings/decisions                       -              login 200     200    200    200   200   200    200   login
GET  /settings/record                          -              login 200     200    200    200   200   200    200   login
GET  /moderation/messages/<report_id>/appeal   decided       login 404     303    404    404   404   404    404   login
GET  /moderation/messages/<report_id>/appeal   dismissed     login 404     200    404    404   404   404    404   login
GET  /moderation/messages/<report_id>/appeal   missing       login 404     404    404    404   404   404    404   login
POST /moderation/messages/<report_id>/appeal   decided       401   404     303    404    404   404   404    404   401
POST /moderation/messages/<report_id>/appeal   warned_open   401   404     409    404    404   404   404    404   401
POST /moderation/messages/<report_id>/appeal   dismissed     401   404     303    404    404   404   404    404   401
POST /moderation/messages/<report_id>/appeal   missing       401   404     404    404    404   404   404    404   401
GET  /appeals/messages/<token>                 to_decided_messages 200 200 200   200    200   200   200    200   200
GET  /appeals/messages/<token>                 forged        404   404     404    404    404   404   404    404   404
POST /appeals/messages/<token>                 to_decided_messages 303 303 303   303    303   303   303    303   303
POST /appeals/messages/<token>                 forged        404   404     404    404    404   404   404    404   404
GET  /moderation/appeals/messages/<appeal_id>  open          login 403     403    403    403   200   200    200   login
GET  /moderation/appeals/messages/<appeal_id>  decided       login 403     403    403    403   200   200    200   login
GET  /moderation/appeals/messages/<appeal_id>  missing       login 403     403    403    403   404   404    404   login
POST /moderation/appeals/messages/<appeal_id>/decisions open 401   403     403    403    403   303   403    303   401
POST /moderation/appeals/messages/<appeal_id>/decisions decided 401 403    403    403    403   409   409    409   401
POST /moderation/appeals/messages/<appeal_id>/decisions missing 401 403    403    403    403   404   404    404   401
GET  /moderation/appeals                       -              login 403     403    403    403   200   200    200   login
GET  /moderation/appeals/<appeal_id>           open           login 403     403    403    403   200   200    200   login
GET  /moderation/appeals/<appeal_id>           decided        login 403     403    403    403   200   200    200   login
GET  /moderation/appeals/<appeal_id>           missing        login 403     403    403    403   404   404    404   login
POST /moderation/appeals/<appeal_id>/decisions open           401   403     403    403    403   303   403    303   401
POST /moderation/appeals/<appeal_id>/decisions decided        401   403     403    403    403   409   409    409   401
POST /moderation/appeals/<appeal_id>/decisions missing        401   403     403    403    403   404   404    404   401
POST /moderation/decisions/<decision_id>/undo  hidden         401   403     403    403    403   403   409    403   401
POST /moderation/decisions/<decision_id>/undo  removed        401   403     403    403    403   403   409    403   401
POST /moderation/decisions/<decision_id>/undo  missing        401   403     403    403    403   404   404    404   401
GET  /moderation/second                        -              login 403     403    403    403   200   200    200   login
POST /moderation/second/<look_id>              bobs           401   403     403    403    403   303   404    303   401
POST /moderation/second/<look_id>              missing        401   403     403    403    403   404   404    404   401
GET  /moderation/bulk                          -              login 403     403    403    403   200   200    200   login
POST /moderation/bulk                          -              401   403     403    403    403   303   303    303   401
GET  /moderation/bulk/<act_id>                 bobs           login 403     403    403    403   404   200    200   login
GET  /moderation/bulk/<act_id>                 missing        login 403     403    403    403   404   404    404   login
POST /moderation/bulk/<act_id>/reverse         bobs           401   403     403    403    403   404   303    303   401
POST /moderation/bulk/<act_id>/reverse         missing        401   403     403    403    403   404   404    404   401
GET  /moderation/cases                         -              login 403     403    403    403   200   200    200   login
GET  /moderation/cases/<case_id>               flagged        login 403     403    403    403   200   200    200   login
GET  /moderation/cases/<case_id>               claimed        login 403     403    403    403   200   200    200   login
GET  /moderation/cases/<case_id>               by_bea         login 403     403    403    403   200   200    200   login
GET  /moderation/cases/<case_id>               hidden_decided login 403     403    403    403   200   200    200   login
GET  /moderation/cases/<case_id>               held           login 403     403    403    403   200   200    200   login
GET  /moderation/cases/<case_id>               missing        login 403     403    403    403   404   404    404   login
POST /moderation/cases/<case_id>/claim         flagged        401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/claim         claimed        401   403     403    403    403   409   303    409   401
POST /moderation/cases/<case_id>/claim         held           401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/claim         by_bea         401   403     403    403    403   403   303    303   401
POST /moderation/cases/<case_id>/claim         by_carol       401   403     403    403    403   403   403    403   401
POST /moderation/cases/<case_id>/claim         flagged_by_bea 401   403     403    403    403   403   303    303   401
POST /moderation/cases/<case_id>/claim         hidden_decided 401   403     403    403    403   409   409    409   401
POST /moderation/cases/<case_id>/claim         missing        401   403     403    403    403   404   404    404   401
POST /moderation/cases/<case_id>/release       flagged        401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/release       claimed        401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/release       held           401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/release       by_bea         401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/release       by_carol       401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/release       flagged_by_bea 401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/release       hidden_decided 401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/release       missing        401   403     403    403    403   404   404    404   401
POST /moderation/cases/<case_id>/decisions     flagged        401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/decisions     claimed        401   403     403    403    403   409   303    409   401
POST /moderation/cases/<case_id>/decisions     held           401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/decisions     by_bea         401   403     403    403    403   403   303    303   401
POST /moderation/cases/<case_id>/decisions     by_carol       401   403     403    403    403   403   403    403   401
POST /moderation/cases/<case_id>/decisions     flagged_by_bea 401   403     403    403    403   403   303    303   401
POST /moderation/cases/<case_id>/decisions     hidden_decided 401   403     403    403    403   409   409    409   401
POST /moderation/cases/<case_id>/decisions     missing        401   403     403    403    403   404   404    404   401
GET  /moderation/cases/<case_id>/picture       flagged        login 403     403    403    403   404   404    404   login
GET  /moderation/cases/<case_id>/picture       missing        login 403     403    403    403   404   404    404   login
POST /moderation/cases/<case_id>/notes         flagged        401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/notes         claimed        401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/notes         by_bea         401   403     403    403    403   403   303    303   401
POST /moderation/cases/<case_id>/notes         hidden_decided 401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/notes         missing        401   403     403    403    403   404   404    404   401
POST /moderation/cases/<case_id>/notes/read    flagged        401   403     403    403    403   200   200    200   401
POST /moderation/cases/<case_id>/notes/read    claimed        401   403     403    403    403   200   200    200   401
POST /moderation/cases/<case_id>/notes/read    by_bea         401   403     403    403    403   403   200    200   401
POST /moderation/cases/<case_id>/notes/read    hidden_decided 401   403     403    403    403   200   200    200   401
POST /moderation/cases/<case_id>/notes/read    missing        401   403     403    403    403   404   404    404   401
GET  /moderation/cases/<case_id>/handover      flagged        login 403     403    403    403   200   200    200   login
GET  /moderation/cases/<case_id>/handover      claimed        login 403     403    403    403   409   200    409   login
GET  /moderation/cases/<case_id>/handover      by_bea         login 403     403    403    403   403   200    200   login
GET  /moderation/cases/<case_id>/handover      by_carol       login 403     403    403    403   403   403    403   login
GET  /moderation/cases/<case_id>/handover      flagged_by_bea login 403     403    403    403   403   200    200   login
GET  /moderation/cases/<case_id>/handover      hidden_decided login 403     403    403    403   409   409    409   login
GET  /moderation/cases/<case_id>/handover      missing        login 403     403    403    403   404   404    404   login
POST /moderation/cases/<case_id>/handover      flagged        401   403     403    403    403   303   303    303   401
POST /moderation/cases/<case_id>/handover      claimed        401   403     403    403    403   409   303    409   401
POST /moderation/cases/<case_id>/handover      by_bea         401   403     403    403    403   403   303    303   401
POST /moderation/cases/<case_id>/handover      by_carol       401   403     403    403    403   403   403    403   401
POST /moderation/cases/<case_id>/handover      flagged_by_bea 401   403     403    403    403   403   303    303   401
POST /moderation/cases/<case_id>/handover      hidden_decided 401   403     403    403    403   409   409    409   401
POST /moderation/cases/<case_id>/handover      missing        401   403     403    403    403   404   404    404   401
GET  /admin                                    -              login 403     403    403    403   403   403    200   login
GET  /admin/waiting                            -              login 403   403   403   403   200   200   200   login
POST /admin/waiting/<user_id>/approve          waiting        401   403   403   403   403   303   303   303   401
POST /admin/waiting/<user_id>/approve          missing        401   403   403   403   403   404   404   404   401
POST /admin/waiting/<user_id>/refuse           waiting        401   403   403   403   403   303   303   303   401
POST /admin/waiting/<user_id>/refuse           mallory        401   403   403   403   403   409   409   409   401
POST /admin/waiting/<user_id>/refuse           missing        401   403   403   403   403   404   404   404   401
GET  /admin/registration                       -              login 403   403   403   403   403   403   200   login
POST /admin/registration                       -              401   403   403   403   403   403   403   303   401
GET  /admin/people                             -              login 403     403    403    403   403   403    200   login
GET  /admin/acts                               -              login 403     403    403    403   403   403    200   login
GET  /admin/posts/<post_id>/purge              removed        login 403     403    403    403   403   403    200   login
GET  /admin/posts/<post_id>/purge              visible        login 403     403    403    403   403   403    200   login
GET  /admin/posts/<post_id>/purge              missing        login 403     403    403    403   403   403    404   login
POST /admin/posts/<post_id>/purge              removed        401   403     403    403    403   403   403    303   401
POST /admin/posts/<post_id>/purge              visible        401   403     403    403    403   403   403    422   401
POST /admin/posts/<post_id>/purge              missing        401   403     403    403    403   403   403    404   401
GET  /admin/rules                              -              login 403     403    403    403   403   403    200   login
POST /admin/rules                              -              401   403     403    403    403   403   403    303   401
GET  /admin/people/<username>                  mallory        login 403     403    403    403   403   403    200   login
GET  /admin/people/<username>                  carol          login 403     403    403    403   403   403    200   login
GET  /admin/people/<username>                  nobody         login 403     403    403    403   403   403    404   login
POST /admin/people/<username>                  mallory        401   403     403    403    403   403   403    303   401
POST /admin/people/<username>                  carol          401   403     403    403    403   403   403    403   401
POST /admin/people/<username>                  claire         401   403     403    403    403   403   403    303   401
POST /admin/people/<username>                  nobody         401   403     403    403    403   403   403    404   401
GET  /admin/people/<username>/network          mallory        login 403     403    403    403   403   403    200   login
GET  /admin/people/<username>/network          nobody         login 403     403    403    403   403   403    404   login
POST /admin/people/<username>/sessions/end     mallory        401   403     403    403    403   403   403    303   401
POST /admin/people/<username>/sessions/end     nobody         401   403     403    403    403   403   403    404   401
POST /admin/people/<username>/subthemes        mallory        401   403     403    403    403   403   403    303   401
POST /admin/people/<username>/subthemes        carol          401   403     403    403    403   403   403    403   401
POST /admin/people/<username>/subthemes        nobody         401   403     403    403    403   403   403    404   401
POST /admin/people/<username>/subthemes/<slug>/end thea       401   403     403    403    403   403   403    303   401
POST /admin/people/<username>/subthemes/<slug>/end mallory    401   403     403    403    403   403   403    303   401
POST /admin/people/<username>/subthemes/<slug>/end carol      401   403     403    403    403   403   403    403   401
POST /admin/people/<username>/subthemes/<slug>/end nobody     401   403     403    403    403   403   403    404   401
GET  /admin/people/<username>/merge            mallory        login 403     403    403    403   403   403    200   login
GET  /admin/people/<username>/merge            nobody         login 403     403    403    403   403   403    404   login
POST /admin/people/<username>/merge            mallory        401   403     403    403    403   403   403    303   401
POST /admin/people/<username>/merge            carol          401   403     403    403    403   403   403    422   401
POST /admin/people/<username>/merge            nobody         401   403     403    403    403   403   403    404   401
POST /admin/people/<username>/reset            mallory        401   403     403    403    403   403   403    303   401
POST /admin/people/<username>/reset            nobody         401   403     403    403    403   403   403    404   401
POST /admin/people/<username>/confirm          mallory        401   403     403    403    403   403   403    303   401
POST /admin/people/<username>/confirm          nobody         401   403     403    403    403   403   403    404   401
GET  /admin/people/<username>/credentials/new  mallory        login 403     403    403    403   403   403    200   login
GET  /admin/people/<username>/credentials/new  carol          login 403     403    403    403   403   403    200   login
GET  /admin/people/<username>/credentials/new  nobody         login 403     403    403    403   403   403    404   login
POST /admin/people/<username>/credentials/new  mallory        401   403     403    403    403   403   403    303   401
POST /admin/people/<username>/credentials/new  carol          401   403     403    403    403   403   403    403   401
POST /admin/people/<username>/credentials/new  nobody         401   403     403    403    403   403   403    404   401
GET  /admin/mail                               -              login 403     403    403    403   403   403    200   login
GET  /admin/mail/<mail_id>                     owed           login 403     403    403    403   403   403    200   login
GET  /admin/mail/<mail_id>                     missing        login 403     403    403    403   403   403    404   login
POST /admin/mail/<mail_id>/retry               failed         401   403     403    403    403   403   403    303   401
POST /admin/mail/<mail_id>/retry               owed           401   403     403    403    403   403   403    303   401
POST /admin/mail/<mail_id>/retry               missing        401   403     403    403    403   403   403    404   401
POST /admin/mail/test                          -              401   403     403    403    403   403   403    303   401
GET  /admin/subthemes                          -              login 403     403    403    403   403   403    200   login
GET  /admin/subthemes/new                      -              login 403     403    403    403   403   403    200   login
POST /admin/subthemes/new                      -              401   403     403    403    403   403   403    303   401
GET  /admin/subthemes/<slug>                   open           login 403     403    403    403   403   403    200   login
GET  /admin/subthemes/<slug>                   archived       login 403     403    403    403   403   403    200   login
GET  /admin/subthemes/<slug>                   missing        login 403     403    403    403   403   403    404   login
POST /admin/subthemes/<slug>                   open           401   403     403    403    403   403   403    303   401
POST /admin/subthemes/<slug>                   archived       401   403     403    403    403   403   403    303   401
POST /admin/subthemes/<slug>                   missing        401   403     403    403    403   403   403    404   401
POST /admin/subthemes/<slug>/archive           open           401   403     403    403    403   403   403    303   401
POST /admin/subthemes/<slug>/archive           archived       401   403     403    403    403   403   403    303   401
POST /admin/subthemes/<slug>/archive           missing        401   403     403    403    403   403   403    404   401
POST /admin/subthemes/<slug>/unarchive         open           401   403     403    403    403   403   403    303   401
POST /admin/subthemes/<slug>/unarchive         archived       401   403     403    403    403   403   403    303   401
POST /admin/subthemes/<slug>/unarchive         missing        401   403     403    403    403   403   403    404   401
GET  /settings/trust                           -              login 200     200    200    200   200   200    200   login
GET  /flags                                    -              login 200     200    200    200   200   200    200   login
GET  /flags/messages                           -              login 200     200    200    200   200   200    200   login
GET  /flags/<flag_id>                          beas           login 404     404    404    404   200   404    404   login
GET  /flags/<flag_id>                          anns           login 404     404    404    404   404   404    404   login
GET  /flags/<flag_id>                          missing        login 404     404    404    404   404   404    404   login
GET  /flags/messages/<report_id>               open           login 404     200    404    404   404   404    404   login
GET  /flags/messages/<report_id>               for_bea        login 404     404    404    404   200   404    404   login
GET  /flags/messages/<report_id>               missing        login 404     404    404    404   404   404    404   login
GET  /settings/ties                            -              login 200     200    200    200   200   200    200   login
POST /people/<username>/tie                    ann            401   303     303    303    303   303   303    303   401
POST /people/<username>/tie                    alice          401   303     422    303    303   303   303    303   401
POST /people/<username>/tie                    missing        401   404     404    404    404   404   404    404   401
POST /subthemes/<slug>/read                    open           401   303     303    303    303   303   303    303   401
POST /subthemes/<slug>/read                    archived       401   303     303    303    303   303   303    303   401
POST /subthemes/<slug>/read                    missing        401   404     404    404    404   404   404    404   401
GET  /admin/security                           -              login 403     403    403    403   403   403    200   login
POST /admin/security                           -              401   403     403    403    403   403   403    303   401
GET  /sessions                                 -              200   200   200   200   200   200   200   200   200
GET  /sessions/<session_id>                    announced      301   301   301   301   301   301   301   301   301
GET  /sessions/<session_id>                    in_archive     301   301   301   301   301   301   301   301   301
GET  /sessions/<session_id>                    missing        404   404   404   404   404   404   404   404   404
GET  /sessions/<session_id>/<slug>             announced      200   200   200   200   200   200   200   200   200
GET  /sessions/<session_id>/<slug>             collecting     200   200   200   200   200   200   200   200   200
GET  /sessions/<session_id>/<slug>             answering      200   200   200   200   200   200   200   200   200
GET  /sessions/<session_id>/<slug>             closed         200   200   200   200   200   200   200   200   200
GET  /sessions/<session_id>/<slug>             in_archive     200   200   200   200   200   200   200   200   200
GET  /sessions/<session_id>/<slug>             missing        404   404   404   404   404   404   404   404   404
GET  /threads/<thread_id>/session              led_collecting 301   301   301   301   301   301   301   301   301
GET  /threads/<thread_id>/session              visible        404   404   404   404   404   404   404   404   404
GET  /threads/<thread_id>/session              missing        404   404   404   404   404   404   404   404   404
GET  /sessions/<session_id>/similar            collecting     login 200   200   200   200   200   200   200   login
GET  /sessions/<session_id>/similar            missing        login 404   404   404   404   404   404   404   login
POST /sessions/<session_id>/posts              announced      401   403   403   403   403   403   403   403   401
POST /sessions/<session_id>/posts              collecting     401   303   303   303   303   303   303   303   401
POST /sessions/<session_id>/posts              answering      401   403   403   403   403   403   403   403   401
POST /sessions/<session_id>/posts              closed         401   403   403   403   403   303   303   303   401
POST /sessions/<session_id>/posts              in_archive     401   403   403   403   403   403   403   403   401
POST /sessions/<session_id>/posts              missing        401   404   404   404   404   404   404   404   401
POST /sessions/<session_id>/posts              collecting+answer 401   422   422   422   403   422   422   422   401
POST /sessions/<session_id>/posts              answering+answer 401   422   422   422   303   422   422   422   401
POST /sessions/<session_id>/posts              closed+answer  401   422   422   422   403   422   422   422   401
POST /sessions/<session_id>/posts              in_archive+answer 401   422   422   422   422   422   422   422   401
POST /sessions/<session_id>/posts              answering+comment 401   303   303   303   303   303   303   303   401
POST /sessions/<session_id>/posts              closed+comment 401   303   303   303   303   303   303   303   401
POST /sessions/<session_id>/posts              in_archive+comment 401   403   403   403   403   403   403   403   401
POST /sessions/<session_id>/posts              collecting+reply 401   403   403   403   403   403   403   403   401
POST /sessions/<session_id>/posts              answering+reply 401   403   403   403   403   403   403   403   401
POST /sessions/<session_id>/posts              closed+reply   401   403   403   403   403   403   403   403   401
POST /questions/<post_id>/support              collecting     401   303   303   303   303   303   303   303   401
POST /questions/<post_id>/support              answering      401   303   303   303   303   303   303   303   401
POST /questions/<post_id>/support              closed         401   403   403   403   403   403   403   403   401
POST /questions/<post_id>/support              in_archive     401   403   403   403   403   403   403   403   401
POST /questions/<post_id>/support              missing        401   404   404   404   404   404   404   404   401
POST /questions/<post_id>/triage               collecting     401   403   403   403   403   303   303   303   401
POST /questions/<post_id>/triage               answering      401   403   403   403   403   303   303   303   401
POST /questions/<post_id>/triage               closed         401   403   403   403   403   422   422   422   401
POST /questions/<post_id>/triage               in_archive     401   403   403   403   403   422   422   422   401
POST /questions/<post_id>/triage               missing        401   404   404   404   404   404   404   404   401
GET  /sessions/<session_id>/desk               announced      login 403   403   403   403   200   200   200   login
GET  /sessions/<session_id>/desk               collecting     login 403   403   403   403   200   200   200   login
GET  /sessions/<session_id>/desk               closed         login 403   403   403   403   200   200   200   login
GET  /sessions/<session_id>/desk               in_archive     login 403   403   403   403   200   200   200   login
GET  /sessions/<session_id>/desk               missing        login 404   404   404   404   404   404   404   login
GET  /sessions/<session_id>/change             announced      login 403   403   403   403   200   200   200   login
GET  /sessions/<session_id>/change             answering      login 403   403   403   403   200   200   200   login
GET  /sessions/<session_id>/change             in_archive     login 403   403   403   403   200   200   200   login
GET  /sessions/<session_id>/change             missing        login 404   404   404   404   404   404   404   login
POST /sessions/<session_id>/change             announced      401   403   403   403   403   303   303   303   401
POST /sessions/<session_id>/change             collecting     401   403   403   403   403   303   303   303   401
POST /sessions/<session_id>/change             in_archive     401   403   403   403   403   422   422   422   401
POST /sessions/<session_id>/change             missing        401   404   404   404   404   404   404   404   401
POST /sessions/<session_id>/advance            announced      401   403   403   403   403   303   303   303   401
POST /sessions/<session_id>/advance            collecting     401   403   403   403   403   303   303   303   401
POST /sessions/<session_id>/advance            answering      401   403   403   403   403   303   303   303   401
POST /sessions/<session_id>/advance            closed         401   403   403   403   403   303   303   303   401
POST /sessions/<session_id>/advance            in_archive     401   403   403   403   403   409   409   409   401
POST /sessions/<session_id>/advance            missing        401   404   404   404   404   404   404   404   401
GET  /subthemes/<slug>/sessions/new            open           login 403   403   403   403   200   200   200   login
GET  /subthemes/<slug>/sessions/new            archived       login 403   403   403   403   403   403   403   login
GET  /subthemes/<slug>/sessions/new            missing        login 404   404   404   404   404   404   404   login
POST /subthemes/<slug>/sessions/new            open           401   403   403   403   403   303   303   303   401
POST /subthemes/<slug>/sessions/new            archived       401   403   403   403   403   403   403   403   401
POST /subthemes/<slug>/sessions/new            missing        401   404   404   404   404   404   404   404   401
"""


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    method: str
    path: str
    thing: str
    answers: tuple[str, ...]

    def expected(self, viewer: str) -> str:
        """Return the answer that the viewer is to get."""
        return self.answers[tuple(VIEWERS).index(viewer)]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.thing}"


def lines() -> list[Line]:
    """Return the table's lines."""
    rows = [row.split() for row in TABLE.strip().splitlines() if row.strip() and not row.startswith("#")]
    assert all(len(row) == 3 + len(VIEWERS) for row in rows), "a line has a column too many or too few"
    return [Line(method, path, thing, tuple(answers)) for method, path, thing, *answers in rows]


def route(rule: Any) -> str:
    """Return a rule of the URL map as the table writes it, without converters."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", str(rule))


def answer_of(response: Any) -> str:
    """Return a response in the table's words."""
    if response.status_code == 303 and response.location.startswith("/login"):
        return "login"
    return str(response.status_code)


@dataclass(frozen=True)
class Asked:
    """A request as a page of ours would send it; `fields` are all fields of the form, none for a GET."""

    url: str
    query: dict[str, Any]
    fields: dict[str, Any]
    headers: dict[str, str]


def asked(line: Line, stage: Stage, viewer: str) -> Asked:
    """Return the request of a line."""
    thing, _, extra = line.thing.partition("+")
    places = _places(line.path, thing, stage)
    url = re.sub(r"<(\w+)>", lambda found: str(places[found[1]]), line.path)
    return Asked(url, _query(line, stage), _fields(line, extra, stage, viewer), _headers(line))


MARK = consents.mark(documents.versions(""))  # no operator's own: the versions that we ship
MISSING = 99_999  # an id that nothing has
PRESET = {
    "title": "Another",
    "text_en": "No advertisements.",
    "text_zh": "不要广告。",
    "rule": "",
    "outcome": "",
    "seen": 0,
}
SCREEN = {"kind": "phrase", "words": "qxz", "action": "hold", "replacement": "", "rule": "spam", "seen": 0, "tried": ""}


EDITION = {
    "name_en": "Conference", "name_zh": "大会", "place_en": "Beijing", "place_zh": "北京", "timezone": "Asia/Shanghai",
    "starts_on": now().date().isoformat(), "ends_on": (now() + timedelta(days=4)).date().isoformat(),
}  # fmt: skip


def _item() -> dict[str, Any]:
    """An item of tomorrow, by the venue's clock."""
    tomorrow = (now() + timedelta(days=1)).date().isoformat()
    return {
        "kind": "talk", "lang": "zh", "title_en": "Late letters", "title_zh": "迟来的信", "description_en": "",
        "description_zh": "", "speakers": "@dr_chen Professor\nLi Hua", "place_en": "Hall 2", "place_zh": "二号厅",
        "thread": "", "capacity": "", "session_id": "",
        "stream_url": "https://stream.example.org/1", "starts_at": f"{tomorrow}T10:00", "ends_at": f"{tomorrow}T11:00",
    }  # fmt: skip


def _places(path: str, thing: str, stage: Stage) -> dict[str, Any]:
    return {
        "thread_id": stage.threads.get(thing, MISSING),
        "post_id": (stage.questions if path.startswith("/questions/") else stage.posts).get(thing, MISSING),
        "session_id": stage.sessions.get(thing, MISSING),
        "case_id": stage.cases.get(thing, MISSING),
        "appeal_id": (stage.message_appeals if "/messages/" in path else stage.appeals).get(thing, MISSING),
        "decision_id": stage.decisions.get(thing, MISSING),
        "credential_id": stage.credentials.get(thing, MISSING),
        "application_id": stage.applications.get(thing, MISSING),
        "draft_id": stage.drafts.get(thing, MISSING),
        "mail_id": stage.letters.get(thing, MISSING),
        "conversation_id": stage.talks.get(thing, MISSING),
        "message_id": stage.messages.get(thing, MISSING),
        "report_id": stage.reports.get(thing, MISSING),
        "flag_id": stage.flags.get(thing, MISSING),
        "screen_id": stage.screens.get(thing, MISSING),
        "preset_id": stage.presets.get(thing, MISSING),
        "look_id": stage.looks.get(thing, MISSING),
        "act_id": stage.bulk_acts.get(thing, MISSING),
        "username": thing,
        "token": {**stage.unsubscribe, **stage.links}.get(thing, "forged"),
        "item_id": stage.items.get(thing, MISSING),
        "subtheme": HERE,
        "invitation_id": stage.invitations.get(thing, MISSING),
        "export_id": stage.exports.get(thing, MISSING),
        "user_id": stage.people.get("wen" if thing == "waiting" else thing, MISSING),
        "slug": _slug(path, thing, stage),
        "filename": thing,
        "name": thing,
        "passkey_id": stage.passkeys.get(thing, MISSING),
        "identity_id": stage.identities.get(thing, MISSING),
        "provider": thing,
        "month": thing,
        "number": 0 if thing == "first" else MISSING,
    }


def _opened_a_while_ago() -> str:
    """Return the token of a form that was open for as long as a person needs."""
    former = Clock.offset
    Clock.offset -= timedelta(minutes=1)
    token = proofs.open_form()
    Clock.offset = former
    return token


def _slug(path: str, thing: str, stage: Stage) -> str:
    if "<session_id>" in path:
        return plain_slug(f"A {thing} session")
    if "<thread_id>" in path:
        article = "An" if thing == "archived" else "A"
        return plain_slug(f"{article} {thing} thread") if thing in stage.threads else "x"
    return HERE if "<username>" in path else {"open": HERE, "archived": ARCHIVED}.get(thing, thing)


PLAN = {
    "title": "A new session", "description_en": "In English.", "description_zh": "中文。", "capacity": 3,
    "form_token": "t5",
}  # fmt: skip


def _times() -> dict[str, str]:
    """Return times of a session that are all to come, as a browser in UTC sends them."""
    names = session_clock.TIMES.values()
    return {name: f"{now() + timedelta(days=20 + day):%Y-%m-%dT%H:%M}" for day, name in enumerate(names)}


def _words_in_session(line: Line, extra: str, stage: Stage) -> dict[str, Any]:
    """A question or, with more, an answer to one, a comment under an answer, or a reply to a question."""
    thing = line.thing.partition("+")[0]
    parents = {"answer": stage.questions, "reply": stage.questions, "comment": stage.answers}
    return {
        "body": "New words in a session.", "form_token": "t6", "parent": parents.get(extra, {}).get(thing, ""),
        "credential": stage.credentials["here"] if extra == "answer" else "",
    }  # fmt: skip


def _query(line: Line, stage: Stage) -> dict[str, Any]:
    kind, _, thing = line.thing.partition(":")
    if line.path == "/preview" and kind in ("thread", "post"):
        return {kind: getattr(stage, kind + "s").get(thing, MISSING)}
    if line.path == "/messages/preview" and kind == "talk":
        return {"conversation": stage.talks[thing]}
    if line.path == "/preview" and kind == "subtheme":
        return {"subtheme": HERE}
    return {"q": "ranking"} if line.path == "/search" else {}


def _headers(line: Line) -> dict[str, str]:
    if line.path == "/preferences":
        return {"Sec-Fetch-Site": line.thing}
    return {"X-Requested-With": "fetch"} if line.thing == "fragment" else {}


def _fields(line: Line, extra: str, stage: Stage, viewer: str) -> dict[str, Any]:
    """Return every field of the route's form, sensibly filled in."""
    if line.method == "GET":
        return {}
    case = {"version": 1, "revision": 1}
    subtheme = {
        "name_en": "Late letters", "name_zh": "迟来的信", "description_en": "", "description_zh": "",
        "position": 9, "hue": 3,
    }  # fmt: skip
    seen = 2 if line.thing == "visible" else 1  # that post was edited once
    mine = stage.signed_in.get((VIEWERS | THEME_MODERATORS | SILENCED)[viewer] or "", MISSING)
    whose = {"own": mine, "authors": stage.signed_in["alice"], "others": "others"}
    forms: dict[str, dict[str, Any]] = {
        "/login": {"username": "ann", "password": PASSWORD, "next": ""},
        "/login/second": {"code": "", "passkey": "", "next": ""},
        "/login/passkey": {"passkey": "", "next": ""},
        "/login/provider/<provider>": {"next": ""},
        "/register/provider": {"username": "zoe", "email": "zoe@example.org"},
        "/forgot": {"username": "ann"},
        "/reset/<token>": {"new_password": "seven quiet rivers"},
        "/prove": {"proof_password": PASSWORD, "next": ""},
        "/settings/security/passkeys": {"name": "My key", "passkey": ""},
        "/settings/security/passkeys/<passkey_id>": {"name": "My key"},
        "/settings/security/authenticator/confirm": {"code": "123456"},
        "/admin/security": {"needed": "y"},
        "/admin/posts/<post_id>/purge": {"ground": "order", "reason": "The court of the town.", "certain": "y"},
        "/register": {"username": "zoe", "email": "zoe@example.org", "password": "seven quiet rivers", "next": ""},
        "/logout": {},
        "/consents": {"seen": MARK if line.thing == "present" else "terms-0", "next": "/rules"},
        "/confirm/resend": {"next": "/rules"},
        "/guardian/<token>": {"seen": MARK, "answer": "yes"},
        "/settings/age": {"hours": "23-8"},
        "/admin/people/<username>/age": {"band": "young"},
        "/programme/new": {"slug": "another", **EDITION, "seen": 0},
        "/programme/<slug>/edit": {**EDITION, "name_en": "Another", "seen": 1},
        "/programme/<slug>/items/new": {
            **_item(), "subtheme": stage.subthemes["here"], "form_token": "t5", "asked": "",
        },
        "/programme/items/<item_id>/edit": {**_item(), "title_en": "Another", "seen": 1},
        "/programme/items/<item_id>/notes": {
            "agenda": "1. It begins.", "notes": "It *began*.", "recording_url": "https://video.example.org/1",
            "moments": "0:10 It begins", "seen": 1,
        },
        "/programme/items/<item_id>/cancel": {"reason": "The hall is closed."},
        "/programme/items/<item_id>/withdraw": {"next": ""},
        "/invitations": {"note": "A neighbour"},
        "/admin/waiting/<user_id>/refuse": {"reason": "Two accounts of one person."},
        "/admin/registration": {"mode": "approval"},
        "/preferences": {"language": "en", "theme": "dark", "next": "/about"},
        "/preview": {"body": "How will *this* look?", "title": "A title", "form_token": "", "parent": ""},
        "/settings/profile": {
            "display_name": "Moss", "bio": "Reads.", "language": "en", "timezone": "Asia/Shanghai", "sector": "civil",
            "place": "By the lake", "speaks": "English", "link_1": "https://example.org", "link_2": "", "link_3": "",
            "private_place": "y",
        },
        "/settings/avatar": {"remove": "1"},
        "/settings/name": {"username": "moss_of_the_lake"},
        "/settings/email": {"email": "moss@example.org", "current_password": PASSWORD},
        "/settings/email/<token>": {},
        "/settings/delete": {"choice": "name", "password": PASSWORD},
        "/settings/password": {"current_password": PASSWORD, "new_password": "seven quiet rivers"},
        "/settings/sessions/end": {"session": whose.get(line.thing, MISSING)},
        "/settings/mail": {},
        "/mail/unsubscribe/<token>": {"List-Unsubscribe": "One-Click"},
        "/admin/mail/<mail_id>/retry": {},
        "/admin/mail/test": {},
        "/notifications/read": {"id": stage.notices.get(line.thing, MISSING)} if line.thing != "all" else {},
        "/people/<username>/tie": {"kind": "mute", "next": ""},
        "/subthemes/<slug>/read": {},
        "/notifications/mute": {"id": stage.notices.get(line.thing, MISSING)},
        "/subthemes/<slug>/threads/new": {"title": "A new thread", "body": "Its text.", "form_token": "t1"},
        "/threads/<thread_id>/posts": {
            "body": "A new reply.", "parent": "", "form_token": "t2",
            "credential": stage.credentials["here"] if extra == "badge" else "",
        },
        "/threads/<thread_id>/drafts": {"body": "Another answer.", "parent": "", "draft": "", "credential": ""},
        "/threads/<thread_id>/invite": {"experts": str(stage.people["dr_chen"])},
        "/sessions/<session_id>/posts": _words_in_session(line, extra, stage),
        "/sessions/<session_id>/advance": {"state": "archived" if line.thing == "in_archive" else line.thing},
        "/sessions/<session_id>/change": {
            **PLAN, **_times(), "title": f"A {line.thing} session", "experts": stage.people["dr_chen"],
            "seen": 2 if line.thing == "collecting" else 1,
        },
        "/subthemes/<slug>/sessions/new": {**PLAN, **_times(), "experts": stage.people["dr_chen"]},
        "/questions/<post_id>/support": {},
        "/questions/<post_id>/triage": {"act": "decline", "reason": "It is about another theme."},
        "/threads/<thread_id>/slow": {"minutes": "15"},
        "/threads/<thread_id>/move": {"subtheme": ELSEWHERE},
        "/posts/<post_id>/edit": {"title": "A new title", "body": "A new text.", "revision": seen},
        "/posts/<post_id>/flags": {"reason": "spam", "note": "Look."},
        "/posts/<post_id>/flags/visitor": {
            "reason": "spam", "note": "Look.", "email": "vera@example.org", "opened": _opened_a_while_ago(),
        },
        "/threads/<thread_id>/flags": {"reason": "spam", "note": "Look."},
        "/people/<username>/flags": {"reason": "spam", "note": "Look."},
        "/messages/choice": {"who": "nobody"},
        "/messages/new": {"to": "ann", "title": "A new one", "body": "Its text.", "form_token": "t3"},
        "/messages/preview": {"to": "ann", "title": "A title", "body": "How will *this* look?", "form_token": ""},
        "/messages/<conversation_id>": {"body": "A new message.", "form_token": "t4"},
        "/messages/<conversation_id>/flags": {
            "message": stage.messages.get(line.thing, MISSING), "reason": "spam", "note": "Look.",
        },
        "/moderation/screens/new": SCREEN,
        "/moderation/presets/new": PRESET,
        "/moderation/presets/<preset_id>": {**PRESET, "seen": 1},
        "/moderation/ranker": {"orders": "y", "asks_from": "95", "holds_from": "0"},
        "/moderation/screens/<screen_id>": {**SCREEN, "seen": 2},
        "/moderation/messages/<report_id>/decisions": {
            "outcome": "dismiss", "rule": "", "reason": "", "length": "", "until": "",
        },
        "/moderation/decisions/<decision_id>/appeal": {"reason": "It is no insult."},
        "/appeals/<token>": {"reason": "It is no insult."},
        "/moderation/messages/<report_id>/appeal": {"reason": "It is no insult."},
        "/appeals/messages/<token>": {"reason": "It is no insult."},
        "/moderation/appeals/messages/<appeal_id>/decisions": {
            "outcome": "overturn", "reply": "You are right.", "version": 1,
        },
        "/moderation/appeals/<appeal_id>/decisions": {"outcome": "overturn", "reply": "You are right.", **case},
        "/moderation/second/<look_id>": {"outcome": "keep", "rule": ""},
        "/moderation/bulk": {
            "case": f"{stage.cases['flagged']}-1", "outcome": "keep", "rule": "", "reason": "Nothing is wrong with it.",
        },
        "/moderation/cases/<case_id>/notes": {"note": "Compare the one of March."},
        "/moderation/cases/<case_id>/handover": {"to": "", "note": "I don't know the matter."},
        "/moderation/cases/<case_id>/decisions": {
            "outcome": "keep", "rule": "", "reason": "Nothing is wrong with it.", "length": "", "until": "", **case,
        },
        "/admin/people/<username>": {"role": "moderator"},
        "/admin/people/<username>/sessions/end": {},
        "/admin/rules": {
            "seen": 1, "rules-0-code": "spam", "rules-0-place": 1, "rules-0-urgency": 1,
            **{f"rules-0-{field}": "Words" for field in ("name_en", "name_zh", "text_en", "text_zh")},
        },
        "/admin/people/<username>/subthemes": {"subtheme": HERE},
        "/admin/people/<username>/confirm": {},
        "/admin/people/<username>/merge": {"into": "ann", "name": line.thing},
        "/admin/people/<username>/reset": {},
        "/admin/people/<username>/credentials/new": {
            "subtheme": stage.subthemes["here"], "title": "Lecturer", "organization": "Hill College", "valid_until": "",
        },
        "/experts/apply": {
            "subtheme": stage.subthemes["here"], "title": "Lecturer", "organization": "Hill College",
            "sector": "academia", "languages": "en", "evidence": "It is on the college's page.",
        },
        "/experts/credentials/<credential_id>/renew": {"evidence": "All is as before."},
        "/experts/credentials/<credential_id>/languages": {"languages": "zh"},
        "/experts/credentials/<credential_id>/revoke": {"reason": "It ended."},
        "/moderation/credentials/<application_id>/grant": {
            "valid_until": (now() + timedelta(days=365)).date().isoformat()
        },
        "/moderation/credentials/<application_id>/decline": {"cause": "evidence", "reason": "It says nothing."},
        "/admin/subthemes/new": {"slug": "late-letters", **subtheme},
        "/admin/subthemes/<slug>": subtheme,
    }  # fmt: skip
    return forms.get(line.path, {})
