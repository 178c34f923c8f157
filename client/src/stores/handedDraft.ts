import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { TemplateDraft } from './newDraft.ts'

const KEY = 'flakebench.draft'

/** What somebody was writing when their session ended. */
export interface KeptDraft {
  /** Nobody else gets it. */
  readonly author: string
  /** Null: a new template. */
  readonly id: string | null
  /** The version that it was written on. */
  readonly version: number | null
  readonly draft: TemplateDraft
}

/**
 * Drafts on their way to the editor: from another page to that of a new template, and over the sign-in page, where this one is loaded
 * anew. Each is taken once.
 */
export const useHandedDraft = defineStore('handedDraft', () => {
  const handed = shallowRef<TemplateDraft | null>(null)
  const give = (draft: TemplateDraft): void => {
    handed.value = draft
  }
  const take = (): TemplateDraft | null => {
    const draft = handed.value
    handed.value = null
    return draft
  }
  const keep = (kept: KeptDraft): void => sessionStorage.setItem(KEY, JSON.stringify(kept))
  const takeKept = (author: string | null, id: string | null): KeptDraft | null => {
    const text = sessionStorage.getItem(KEY)
    if (text === null) return null
    sessionStorage.removeItem(KEY)
    try {
      const kept = JSON.parse(text) as KeptDraft
      return kept.author === author && kept.id === id ? kept : null
    } catch {
      return null
    }
  }
  return { give, take, keep, takeKept }
})
