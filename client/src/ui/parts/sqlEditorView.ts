import { autocompletion, type CompletionContext, type CompletionResult, closeBrackets, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { schemaCompletionSource, sql } from '@codemirror/lang-sql'
import { bracketMatching, syntaxHighlighting } from '@codemirror/language'
import { type ChangeSpec, Compartment, EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view'
import { type DialectName, SQL_DIALECTS } from './sqlDialects.ts'
import sqlColours from './sqlLooks.css?inline'
import { sqlHighlighter } from './sqlLooks.ts'

export interface SqlEditorOptions {
  readonly text: string
  readonly dialect: DialectName
  readonly columns: readonly string[]
  readonly isReadOnly: boolean
  readonly placeholder: string
  readonly attributes: Readonly<Record<string, string>>
  /** Id of the element whose words describe the editor. */
  readonly belowId: string | undefined
  readonly write: (text: string) => void
}

export interface SqlEditorHandle {
  /** Puts another text in, if it is another. */
  show(text: string): void
  change(options: Pick<SqlEditorOptions, 'dialect' | 'columns' | 'isReadOnly' | 'attributes' | 'belowId'>): void
  destroy(): void
}

const LOOK = EditorView.theme({
  '&': { backgroundColor: 'var(--panel)', color: 'var(--text)', fontSize: '12px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { maxHeight: '320px', overflow: 'auto', fontFamily: 'var(--mono)', lineHeight: '18px' },
  '.cm-content': { minHeight: '66px', padding: '6px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 10px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-placeholder': { color: 'var(--faint)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--line-strong)' },
  '.cm-tooltip': {
    border: '1px solid var(--line)',
    borderRadius: '5px',
    backgroundColor: 'var(--raised)',
    boxShadow: 'var(--shadow)',
    color: 'var(--text)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '190px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent-soft)', color: 'var(--text)' },
  '.cm-completionIcon': { display: 'none' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal' },
})

const SLOT = '{table}'

/** The closing bracket may be there already: it comes with the opening one. */
const putSlot = (view: EditorView, _completion: unknown, from: number, to: number): void => {
  const end = view.state.sliceDoc(to, to + 1) === '}' ? to + 1 : to
  view.dispatch({ changes: { from, to: end, insert: SLOT }, selection: { anchor: from + SLOT.length } })
}

/** `{table}`, which stands for the table of the template. */
const completeTable = (context: CompletionContext): CompletionResult | null => {
  const before = context.matchBefore(/\{\w*/)
  return before === null ? null : { from: before.from, options: [{ label: SLOT, detail: 'the table', type: 'variable', apply: putSlot }] }
}

const languageOf = (dialectName: DialectName, columns: readonly string[]): Extension => {
  const dialect = SQL_DIALECTS[dialectName]
  const support = sql({ dialect, upperCaseKeywords: true })
  const options = columns.map(name => ({ label: name, detail: 'column', type: 'property', boost: 50 }))
  const completeColumns = (context: CompletionContext): CompletionResult | null => {
    const before = context.matchBefore(/\w+/)
    return before === null && !context.explicit ? null : { from: before?.from ?? context.pos, options, validFor: /^\w*$/ }
  }
  const schema = schemaCompletionSource({ dialect, schema: {} })
  return [support, [completeColumns, completeTable, schema].map(autocomplete => dialect.language.data.of({ autocomplete }))]
}

const HARD_SPACE = /\u00a0/g

/** A hard space that was typed or pasted becomes a plain one: no database takes it for a space. */
const plainSpaces = EditorState.transactionFilter.of(transaction => {
  if (!transaction.docChanged) return transaction
  const changes: ChangeSpec[] = []
  transaction.changes.iterChanges((_fromBefore, _toBefore, from, _to, inserted) => {
    for (const { index } of inserted.toString().matchAll(HARD_SPACE))
      changes.push({ from: from + index, to: from + index + 1, insert: ' ' })
  })
  return changes.length === 0 ? transaction : [transaction, { changes, sequential: true }]
})

/** A tree of its own takes styles from a script; the page itself allows no style elements. */
const openRoot = (host: HTMLElement): ShadowRoot => {
  if (host.shadowRoot !== null) return host.shadowRoot
  const root = host.attachShadow({ mode: 'open', delegatesFocus: true })
  const colours = new CSSStyleSheet()
  colours.replaceSync(sqlColours)
  root.adoptedStyleSheets = [colours]
  return root
}

const languageKey = ({ dialect, columns }: Pick<SqlEditorOptions, 'dialect' | 'columns'>): string => [dialect, ...columns].join('\n')

/** An SQL editor inside `host`. Tab leaves it: completions are taken with Enter. */
export const openSqlEditor = (host: HTMLElement, options: SqlEditorOptions): SqlEditorHandle => {
  const root = openRoot(host)
  const language = new Compartment()
  const access = new Compartment()
  const accessOf = ({ isReadOnly, attributes }: Pick<SqlEditorOptions, 'isReadOnly' | 'attributes'>): Extension => [
    EditorState.readOnly.of(isReadOnly),
    EditorView.contentAttributes.of({ ...attributes, 'aria-readonly': String(isReadOnly) }),
  ]
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        history(),
        plainSpaces,
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false }),
        syntaxHighlighting(sqlHighlighter),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        placeholder(options.placeholder),
        LOOK,
        language.of(languageOf(options.dialect, options.columns)),
        access.of(accessOf(options)),
        EditorView.updateListener.of(update => {
          if (update.docChanged) options.write(update.state.doc.toString())
        }),
      ],
    }),
  })
  let speaks = languageKey(options)
  // An id means nothing across the border of the tree.
  const describe = (belowId: string | undefined): void => {
    const below = belowId === undefined ? null : document.getElementById(belowId)
    view.contentDOM.ariaDescribedByElements = below === null ? null : [below]
  }
  describe(options.belowId)
  return {
    show: text => {
      if (view.state.doc.toString() !== text) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
    },
    change: next => {
      // Another language closes the list of completions: only where there is another.
      const isOther = languageKey(next) !== speaks
      speaks = languageKey(next)
      view.dispatch({
        effects: [...(isOther ? [language.reconfigure(languageOf(next.dialect, next.columns))] : []), access.reconfigure(accessOf(next))],
      })
      describe(next.belowId)
    },
    destroy: () => view.destroy(),
  }
}
