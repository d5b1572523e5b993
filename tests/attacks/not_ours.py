"""Cases of the catalogue about things that we do not have, or that only a proxy can do; each with its reason."""

NOT_OURS = {
    "A25": "there is no cookie: tokens travel in the body and the Authorization header, which no foreign page can send",
    "A26": "no operation takes a redirect parameter, and none answers with a redirect",
    "D05": "there is no bulk operation on people",
    "D09": "there is no CSV export",
    "D11": "no admin can act as someone else",
    "G05": "request smuggling is decided by the server in front: tested with the operations issue",
    "G06": "slow connections are decided by the server in front: tested with the operations issue",
    "G19": "no operation of these groups takes a date",
}
