from __future__ import annotations

import pytest

from app.workflows.sample_tables import ColumnUse, EventTable, TableChoice, events_of, guess_uses, read_table
from app.workflows.samples import Origin


def table(text: str) -> EventTable:
    found = read_table(text)
    assert found is not None
    return found


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_by_itself(mark: str) -> None:
    found = table(f'id{mark}"a, b; c"\r\n1{mark}"x\r\ny"\r\n\r\n2\r\n')
    assert found.delimiter == mark
    assert found.header == ("id", "a, b; c")
    assert found.rows == (("1", "x\r\ny"), ("2", ""))


def test_rows_are_made_as_wide_as_the_header() -> None:
    found = table('user_id,note\nu1,"two\nlines"\nu2\nu3,a,surplus\n\n , \n')
    assert found.rows == (("u1", "two\nlines"), ("u2", ""), ("u3", "a"))
    assert found.example(1) == "two\nlines"


@pytest.mark.parametrize(
    "text", ["one\ntwo", "a,b", "a,b\n", "{a,b}\n1,2", '"userId": "u1",\n"type": "x",', ""]
)
def test_what_has_no_header_and_rows_is_no_table(text: str) -> None:
    assert read_table(text) is None


def test_columns_are_guessed_by_name() -> None:
    found = table(
        "User ID,anonymous_id,E-Mail,type,event_text,received_at,sent_at,company.name,,groupId\n"
        "u1,a1,a@b.example,track,Signed Up,2026-03-04,2026-03-05,Bramble,x,co_1\n"
    )
    choice = guess_uses(found)
    assert choice.uses == (
        ColumnUse.USER_ID,
        ColumnUse.ANONYMOUS_ID,
        ColumnUse.EMAIL,
        ColumnUse.TYPE,
        ColumnUse.EVENT,
        ColumnUse.DATA,
        ColumnUse.TIMESTAMP,
        ColumnUse.DATA,
        ColumnUse.IGNORE,
        ColumnUse.GROUP_ID,
    )
    assert choice.default_type == "track"


def test_a_type_column_with_other_words_is_data() -> None:
    choice = guess_uses(table("email,type\na@b.example,organic\n"))
    assert choice.uses == (ColumnUse.EMAIL, ColumnUse.DATA)
    assert choice.default_type == "identify"


def test_rows_become_events() -> None:
    found = table(
        "uid,mail,kind,company.name,company.size,context.ip,vip,code\n"
        "u1,a@b.example,identify,Bramble,41,203.0.113.7,true,007\n"
        "u2,c@d.example,TRACK,,1.50,,FALSE,1e5\n"
    )
    uses = (
        ColumnUse.USER_ID,
        ColumnUse.EMAIL,
        ColumnUse.TYPE,
        *[ColumnUse.DATA] * 5,
    )
    first, second = events_of(found, TableChoice(uses, typed=True))
    assert first.origin is Origin.FILE
    assert first.body == {
        "type": "identify",
        "userId": "u1",
        "context": {"ip": "203.0.113.7"},
        "traits": {
            "email": "a@b.example",
            "company": {"name": "Bramble", "size": 41},
            "vip": True,
            "code": "007",
        },
    }
    assert second.body == {
        "type": "track",
        "userId": "u2",
        "properties": {"email": "c@d.example", "company": {"size": 1.5}, "vip": False, "code": "1e5"},
    }


def test_without_the_wish_every_value_is_text() -> None:
    found = table("userId,n\nu,41\n")
    (sample,) = events_of(found, guess_uses(found))
    assert sample.body == {"type": "identify", "userId": "u", "traits": {"n": "41"}}


def test_a_value_in_the_way_of_a_dotted_name_keeps_both() -> None:
    found = table("company,company.name,a.b,a\nX,Y,1,2\n")
    (sample,) = events_of(found, TableChoice((ColumnUse.DATA,) * 4))
    assert sample.body["traits"] == {"company": "X", "company.name": "Y", "a.b": "1", "a": "2"}


def test_the_first_ten_thousand_rows_are_read() -> None:
    found = table("userId,n\n" + "u,1\n" * 10_001)
    assert len(found.rows) == 10_000
    assert found.more
