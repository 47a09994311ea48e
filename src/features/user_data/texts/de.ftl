# Was Moderatoren über einen Benutzer lesen.

user_data-head = **{ $user }** · `{ $name }` · `{ $id }`
user_data-seen-as = · zuletzt gesehen als `{ $name }`
user_data-created = Konto erstellt: { $when }
user_data-first-seen = Zuerst von AIMod gesehen: { $when }
user_data-last-seen = Zuletzt gesehen: { $when }
user_data-never-seen = AIMod hat diese Person noch nicht gesehen.
user_data-messages = Gesehene Nachrichten, auf allen Servern zusammen: { $count }
user_data-picture = Bild: <{ $url }>
user_data-infractions = Verstöße auf diesem Server: { $count }
user_data-last-case = Letzter Fall auf diesem Server: #{ $number } · { $action } · { $when }
user_data-no-case = Letzter Fall auf diesem Server: keiner
user_data-notes = Notizen: { $count }, siehe `/note list`
user_data-no-notes = Notizen: keine
user_data-global-ban = **Global gebannt** seit { $when }: { $reason }
