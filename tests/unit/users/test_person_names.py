"""Names of people in every language pass; links and messages do not."""

from __future__ import annotations

import pytest

from coursify.modules.users.person_names import check_person_name

NAMES = """
Ada Lovelace · Smith, John, PhD · J. R. R. Tolkien · J.R.R. Tolkien · Sammy Davis, Jr. · Dr.Smith
St.Clair · J.de Vries · Karl S:son · S:t Cyr · Kumar a/l Raju · Siti a/p Ahmad · O'Neil · D’Angelo
Anne-Marie · María de los Ángeles Ruiz · José María · Zoë · Łukasz Żółć · Đặng Thị Ngọc
Ólafur Ragnar · Ægir Þórsson · İbrahim Işık · Ştefan Țuțea · Мария Иванова · Ярослав Мудрый
Ελένη Παπαδοπούλου · محمد بن عبدالله · מרים כהן · नरेन्द्र मोदी · ประยุทธ์ จันทร์โอชา · 王小明 · 田中 太郎
たなか たろう · 김철수 · Nguyễn Văn A · Keïta · Ng · X · Xi · Louis XIV · John Smith 3rd · Henry 8 · A$AP
ǃNqate Xqamxebe · Michael Winner · Rose Bank · Grace Order · Mark Click · Tim Cook (Apple)
"Ike" Eisenhower · Jean-Luc.Picard · Prince Number48 · Bo.Li · Günther Groß · Nuñez & Söhne · Mia 🌻
Le Van Info · Someone Online
""".replace("\n", " · ").split(" · ")


@pytest.mark.parametrize("name", [name for name in NAMES if name])
def test_a_name_passes(name: str) -> None:
    assert check_person_name(name) == name


@pytest.mark.parametrize(
    "text",
    [
        "unlock: https://evil",
        "http://evil.example",
        "hxxp://evil",
        "www.evil.example",
        "Win at evil.com",
        "evil.com",
        "EVIL.COM",
        "sub.evil-bank.co.uk",
        "Go to evil.com.",
        "bit.ly/3abc",
        "t.me/abc",
        "203.0.113.9",
        "anna@example.com",
        "@anna",
        "ｅｖｉｌ．ｃｏｍ",
        "evil。com",
        "пример.рф",
        "javascript:alert(1)",
    ],
)
def test_a_link_is_no_name(text: str) -> None:
    with pytest.raises(ValueError, match="without a link"):
        check_person_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "You won!",
        "Unlock your account: code 12",
        "Click here to win",
        "Your account is locked",
        "Call 0800 123 4567",
        "Code 123456",
        "You have won 100 €",
        "$500 for you",
        "Verify your card",
        "Really? Yes",
        "Free bitcoin",
        "Gift card inside",
    ],
)
def test_a_message_is_no_name(text: str) -> None:
    with pytest.raises(ValueError, match="not a message"):
        check_person_name(text)
