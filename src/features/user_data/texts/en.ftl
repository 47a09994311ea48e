# What a moderator reads about a user.

user_data-head = **{ $user }** · `{ $name }` · `{ $id }`
user_data-seen-as = · last seen as `{ $name }`
user_data-created = Account made: { $when }
user_data-first-seen = First seen by AIMod: { $when }
user_data-last-seen = Last seen: { $when }
user_data-never-seen = AIMod has not seen this user yet.
user_data-messages = Messages seen, in all servers together: { $count }
user_data-picture = Picture: <{ $url }>
user_data-infractions = Infractions in this server: { $count }
user_data-last-case = Last case in this server: #{ $number } · { $action } · { $when }
user_data-no-case = Last case in this server: none
user_data-notes = Notes: { $count }, see `/note list`
user_data-no-notes = Notes: none
user_data-global-ban = **Globally banned** since { $when }: { $reason }
