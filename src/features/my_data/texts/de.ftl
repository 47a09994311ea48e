# Was jemand über die eigenen Daten liest.

my_data-exported = In dieser Datei steht alles, was AIMod auf allen Servern über dich speichert. Nur du siehst sie. Was du als Moderator entschieden hast, steht nicht darin: Das gehört zu den Daten derer, die es betraf.
my_data-too-large = Über dich ist mehr gespeichert, als Discord als Datei annimmt. Frag die Betreiber dieses Bots danach.
my_data-in-private = Eine Antwort könnten hier alle lesen. Nimm den Slash-Befehl `/mydata` oder schreib mir direkt.

my_data-question = **Dich vergessen?** Das würde verschwinden, auf allen Servern mit AIMod:
my_data-question-means = Das lässt sich nicht rückgängig machen. Ein Einspruch, der noch wartet, gilt damit als zurückgezogen.
my_data-nothing = AIMod speichert nichts über dich, was sich vergessen ließe.
my_data-button-forget = Vergiss mich
my_data-button-keep = Abbrechen
my_data-kept = Es wurde nichts geändert.

my_data-receipt = **Du bist vergessen.** Das ist gelöscht oder trägt deinen Namen nicht mehr:
my_data-receipt-nothing = - nichts: Es war schon alles weg
my_data-receipt-anew = Was du von jetzt an tust, wird neu erfasst: Nachrichten werden gezählt, Befehle protokolliert.

my_data-user = Dein Name, dein Bild und deine Zähler
my_data-command-runs = Befehle, die du ausgeführt hast: { $count }
my_data-notes = Notizen von Moderatoren über dich: { $count }
my_data-appeals-open = Wartende Einsprüche, zurückgezogen: { $count }
my_data-appeals = Entschiedene Einsprüche, ihre Texte: { $count }
my_data-infractions = Verstöße, ihre Begründungen: { $count }
my_data-cases = Fälle, ihre Gründe und Notizen: { $count }
my_data-case-edits = Frühere Fassungen davon: { $count }

my_data-stays = Das bleibt:
my_data-stays-cases = { $count ->
    [one] { $count } Fall mit deiner ID und dem Grund: Der Bann oder Timeout gilt noch und ließe sich sonst weder finden noch aufheben. Frag noch einmal, wenn er vorbei ist.
   *[other] { $count } Fälle mit deiner ID und den Gründen: Die Banns oder Timeouts gelten noch und ließen sich sonst weder finden noch aufheben. Frag noch einmal, wenn sie vorbei sind.
}
my_data-stays-appeals = { $count ->
    [one] { $count } entschiedener Einspruch zu einem solchen Fall, ohne die Texte: Von ihm an zählt, wann du wieder Einspruch einlegen darfst.
   *[other] { $count } entschiedene Einsprüche zu solchen Fällen, ohne die Texte: Von ihnen an zählt, wann du wieder Einspruch einlegen darfst.
}
my_data-stays-global-ban = Deine ID und der Grund auf der Liste der globalen Banns: Ohne sie ließe sich der Bann nicht durchsetzen.
my_data-stays-numbers = Nummer, Art und Datum beendeter Fälle und Verstöße und die genannte Regel, ohne dich: Server brauchen sie für ihre Statistik.
my_data-stays-deeds = Was du als Moderator entschieden oder als Administrator eingestellt hast, unter deiner ID: Andere haben ein Recht darauf, zu wissen, wer es war.
my_data-stays-discord = Nachrichten, die AIMod in Kanälen eines Servers gepostet hat: Sie gehören diesem Server.
my_data-stays-journal = Technische Einträge zu den letzten Aktionen, für einige Wochen: Sie verhindern, dass etwas doppelt geschieht.
