# What a reader sees of the blog.

blog-posts = **Posts**, the newest first
blog-line = - **{ $title }** · `{ $slug }` · { $when }
blog-line-draft = - **{ $title }** · `{ $slug }` · { $when } · draft
blog-hint = Read one with `/blog show`.
blog-none = There are no posts yet.
blog-none-older = There are no older posts.
blog-newest = Newest
blog-older = Older
blog-draft = -# Draft: only the operators see it.
blog-page = -# Page { $page } of { $pages }
blog-no-such = There is no post `{ $slug }`. `/blog list` names them all.
blog-gone = This post is no longer there.
