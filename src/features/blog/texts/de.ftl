# Was man vom Blog liest.

blog-posts = **Beiträge**, die neuesten zuerst
blog-line = - **{ $title }** · `{ $slug }` · { $when }
blog-line-draft = - **{ $title }** · `{ $slug }` · { $when } · Entwurf
blog-hint = Mit `/blog show` lesen.
blog-none = Es gibt noch keine Beiträge.
blog-none-older = Ältere Beiträge gibt es nicht.
blog-newest = Neueste
blog-older = Ältere
blog-draft = -# Entwurf: Nur die Betreiber sehen ihn.
blog-page = -# Seite { $page } von { $pages }
blog-no-such = Einen Beitrag `{ $slug }` gibt es nicht. `/blog list` nennt alle.
blog-gone = Diesen Beitrag gibt es nicht mehr.
