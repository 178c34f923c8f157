import { tagHighlighter, tags } from '@lezer/highlight'

/** Classes for the parts of a statement; their colours are in sqlLooks.css. */
export const sqlHighlighter = tagHighlighter([
  { tag: tags.keyword, class: 'sql-word' },
  { tag: tags.typeName, class: 'sql-type' },
  { tag: tags.string, class: 'sql-text' },
  // A quoted name.
  { tag: tags.special(tags.string), class: 'sql-name' },
  { tag: [tags.number, tags.bool, tags.null], class: 'sql-number' },
  { tag: tags.comment, class: 'sql-comment' },
  { tag: [tags.special(tags.name), tags.brace], class: 'sql-slot' },
])
