import type { PaletteFindings } from '../../api/documents/paletteDocuments.ts'
import type { Role } from '../../api/documents/viewerDocuments.ts'
import type { ThemeChoice } from '../../stores/theme.ts'
import type { IconName } from '../../ui/parts/iconPaths.ts'
import { STATUS_LOOKS } from '../../ui/words/statuses.ts'

/** What happens when an entry is chosen. */
export type PaletteAct =
  | { readonly does: 'GO'; readonly path: string }
  | { readonly does: 'RUN'; readonly templateId: string }
  | { readonly does: 'THEME'; readonly choice: ThemeChoice }
  | { readonly does: 'SIGN_OUT' }

export interface PaletteEntry {
  readonly key: string
  readonly word: string
  readonly note: string
  readonly icon: IconName
  readonly act: PaletteAct
  /** It cannot be chosen, and why. */
  readonly whyNot: string | null
}

export interface PaletteGroup {
  readonly word: string
  readonly entries: readonly PaletteEntry[]
}

interface Fixed extends Omit<PaletteEntry, 'whyNot' | 'note'> {
  readonly needs: Role
  /** Other words that find it. */
  readonly alsoCalled: string
}

const page = (path: string, word: string, icon: IconName, alsoCalled = '', needs: Role = 'VIEWER'): Fixed => ({
  key: path,
  word,
  icon,
  alsoCalled,
  needs,
  act: { does: 'GO', path },
})

const PAGES: readonly Fixed[] = [
  page('/runs', 'Runs', 'runs', 'history list'),
  page('/templates', 'Templates', 'templates', 'start'),
  page('/compare', 'Compare', 'compare', 'runs side by side verdict'),
  page('/connections', 'Connections', 'plug', 'databases postgresql snowflake'),
  page('/settings/about', 'Settings: about', 'settings', 'version server'),
  page('/settings/limits', 'Settings: retention and limits', 'settings', 'keep executions spool bundle'),
  page('/settings/tokens', 'Settings: API tokens', 'key', 'api keys'),
  page('/settings/users', 'Settings: users', 'user', 'people roles passwords', 'ADMIN'),
  page('/settings/audit', 'Settings: audit log', 'list', 'who did what', 'ADMIN'),
]

const theme = (choice: ThemeChoice, word: string, icon: IconName): Fixed => ({
  key: `theme-${choice}`,
  word: `Theme: ${word}`,
  icon,
  alsoCalled: 'dark light colours appearance',
  needs: 'VIEWER',
  act: { does: 'THEME', choice },
})

const ACTIONS: readonly Fixed[] = [
  page('/templates/new', 'New template', 'plus', 'create add', 'AUTHOR'),
  theme('light', 'light', 'sun'),
  theme('dark', 'dark', 'moon'),
  theme('system', 'as the system', 'system'),
]

const SIGN_OUT: Fixed = {
  key: 'sign-out',
  word: 'Sign out',
  icon: 'leave',
  alsoCalled: 'log out leave',
  needs: 'VIEWER',
  act: { does: 'SIGN_OUT' },
}

/** Every word that was typed is in it somewhere. */
export const matches = (typed: string, words: string): boolean => {
  const found = words.toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every(word => found.includes(word))
}

interface PaletteState {
  readonly typed: string
  /** What the server found for it; null: nothing was asked for. */
  readonly findings: PaletteFindings | null
  readonly whyNot: (needed: Role) => string | null
  readonly canSignOut: boolean
}

/** What the palette offers for what was typed, group by group; groups without entries are left out. */
export const paletteGroups = ({ typed, findings, whyNot, canSignOut }: PaletteState): readonly PaletteGroup[] => {
  const fixed = (entries: readonly Fixed[]): readonly PaletteEntry[] =>
    entries
      .filter(({ word, alsoCalled }) => matches(typed, `${word} ${alsoCalled}`))
      .map(({ key, word, icon, act, needs }) => ({ key, word, icon, act, note: '', whyNot: whyNot(needs) }))
  const templates = (findings?.templates.edges ?? []).map(({ node }) => node)
  const runs = (findings?.runs.edges ?? []).map(({ node }) => node)
  const groups: readonly PaletteGroup[] = [
    {
      word: 'Templates',
      entries: templates.map(({ id, name }) => ({
        key: `template-${id}`,
        word: name,
        note: 'open',
        icon: 'templates',
        act: { does: 'GO', path: `/templates/${id}` },
        whyNot: null,
      })),
    },
    {
      word: 'Runs',
      entries: runs.map(({ id, name, number, status }) => ({
        key: `run-${id}`,
        word: `${name} #${number}`,
        note: STATUS_LOOKS[status].word.toLowerCase(),
        icon: 'runs',
        act: { does: 'GO', path: `/runs/${id}` },
        whyNot: null,
      })),
    },
    { word: 'Pages', entries: fixed(PAGES) },
    {
      word: 'Actions',
      entries: [
        ...templates.map(
          ({ id, name }): PaletteEntry => ({
            key: `start-${id}`,
            word: `Run ${name}`,
            note: 'prepares a new run',
            icon: 'play',
            act: { does: 'RUN', templateId: id },
            whyNot: whyNot('OPERATOR'),
          }),
        ),
        ...fixed(canSignOut ? [...ACTIONS, SIGN_OUT] : ACTIONS),
      ],
    },
  ]
  return groups.filter(group => group.entries.length > 0)
}
