"""What anybody can ask the name servers."""

import dns.message
import dns.query
import dns.rdatatype

from settings import SERVED

PATIENCE = 2


def ask(name_server: str, name: str, kind: str) -> list[str]:
    host, port = name_server.rsplit(":", 1)
    question = dns.message.make_query(name, kind, use_edns=False)
    answer = dns.query.udp(question, host, port=int(port), timeout=PATIENCE)
    return sorted(record.to_text() for records in answer.answer for record in records)


def everywhere(name_servers: list[str], name: str, kind: str) -> list[str] | None:
    """The answer, where all name servers agree on one."""
    answers = [ask(name_server, name, kind) for name_server in name_servers]
    return answers[0] if all(answer == answers[0] for answer in answers) else None


def served_from(name_servers: list[str]) -> list[str] | None:
    return everywhere(name_servers, SERVED, "A")


def checkers_say(name_servers: list[str], region: str) -> list[str] | None:
    """What Route 53's checkers think of a region's endpoint."""
    return everywhere(name_servers, f"up-{region}._understudy.{SERVED}", "TXT")


def newest_epoch(name_servers: list[str]) -> str:
    """The text that tells who moved last, from where to where; empty where nobody ever did."""
    return " ".join(everywhere(name_servers, f"now._understudy.{SERVED}", "TXT") or []).strip('"')
