"""Biographies become plain text: those stored as sanitized HTML keep their words, line breaks and links."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# The tags are those that biographies could hold; `&amp;` is last, so that a written `&lt;` stays one.
BIOGRAPHIES_TO_TEXT = r"""
    UPDATE users SET bio = btrim(
        replace(replace(replace(replace(replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        regexp_replace(bio, '</?(strong|em|code)>', '', 'g'),
                        '<a href="([^"]*)"[^>]*>([^<]*)</a>', '\2 (\1)', 'g'
                    ),
                    '<br>|</(p|ul|ol|li|blockquote)>', E'\n', 'g'
                ),
                '<[^>]*>', '', 'g'
            ),
            '&nbsp;', U&'\00A0'), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&'),
        E' \n'
    )
    WHERE bio ~ '[<&]'
"""


def upgrade() -> None:
    op.execute(BIOGRAPHIES_TO_TEXT)
