import type { Role } from '../../api/documents/viewerDocuments.ts'
import type { IconName } from '../../ui/parts/iconPaths.ts'

export interface SettingsPart {
  readonly key: 'about' | 'limits' | 'password' | 'tokens' | 'users' | 'audit'
  readonly word: string
  readonly icon: IconName
  readonly needs: Role
  /** Only for who has signed in with a password. */
  readonly ofSession: boolean
}

export const SETTINGS_PARTS: readonly SettingsPart[] = [
  { key: 'about', word: 'About', icon: 'info', needs: 'VIEWER', ofSession: false },
  { key: 'limits', word: 'Retention and limits', icon: 'settings', needs: 'VIEWER', ofSession: false },
  { key: 'password', word: 'Your password', icon: 'lock', needs: 'VIEWER', ofSession: true },
  { key: 'tokens', word: 'API tokens', icon: 'key', needs: 'VIEWER', ofSession: false },
  { key: 'users', word: 'Users', icon: 'user', needs: 'ADMIN', ofSession: false },
  { key: 'audit', word: 'Audit log', icon: 'list', needs: 'ADMIN', ofSession: false },
]
