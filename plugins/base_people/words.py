"""What happens to a person, in words."""

from __future__ import annotations

from core.api import T

DID = {
    "create": T("created it"),
    "edit": T("changed it"),
    "activate": T("let the person work here"),
    "deactivate": T("ended the person's work here"),
    "reset_password": T("took the password away"),
    "choose_password": T("chose a password"),
    "change_password": T("changed the password"),
    "second_factor_on": T("set up an authenticator app"),
    "second_factor_off": T("took the second factor away"),
    "recovery_codes": T("made new recovery codes"),
    "sign_out_everywhere": T("signed out everywhere else"),
}
