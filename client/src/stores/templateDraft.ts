import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { askServer, tellServer } from '../api/askServer.ts'
import {
  checkTemplateQuery,
  createTemplateMutation,
  editedTemplateQuery,
  oldVersionQuery,
  type SavedTemplate,
  type TemplateCheck,
  updateTemplateMutation,
} from '../api/documents/templateEditorDocuments.ts'
import type { ServerProblem } from '../api/serverProblem.ts'
import { type FieldProblem, problemAt } from '../ui/words/problems.ts'
import { useConnection } from './connection.ts'
import { copyName, draftOf, inputOf, newDraft, type TemplateDraft } from './newDraft.ts'

const TYPING_PAUSE_MS = 450
const LEAVING_PAUSE_MS = 300

/** Why a version is not there, for whoever followed a link to it. */
const goneText = (version: number, newest: number): string =>
  `${version < newest ? 'A version that no run has used is replaced when the template is saved again. ' : ''}The newest is version ${newest}.`

/** What the server knows of the template that is edited. */
export interface SavedAs {
  readonly id: string
  readonly version: number
  /** A run has used this version: saving makes a new one. */
  readonly isUsed: boolean
  readonly usageCount: number
}

/** That no run could be prepared of what is saved. */
export interface NotPrepared {
  readonly name: string
  readonly version: number
  /** By the same press of the button. */
  readonly wasSaved: boolean
  readonly problem: ServerProblem
}

/**
 * The template that is being written: the whole of it, what the server says is wrong with it, and how it is saved. What is wrong is told of
 * fields that were left, and of all once it was tried to save.
 */
export const useTemplateDraft = defineStore('templateDraft', () => {
  const draft = ref<TemplateDraft>(newDraft())
  const saved = shallowRef<SavedAs | null>(null)
  /** The version that is looked at; null: the newest, to be edited. */
  const oldVersion = ref<number | null>(null)
  const isLoading = ref(false)
  /** Why the template could not be read. */
  const loadProblem = shallowRef<ServerProblem | null>(null)
  const isSaving = ref(false)
  /** Why it was not saved, where no field can say so. */
  const saveProblem = shallowRef<ServerProblem | null>(null)
  /** Stays until it is dismissed, tried again, or another template is edited. */
  const notPrepared = shallowRef<NotPrepared | null>(null)
  /** Why the rules could not be asked. */
  const checkProblem = shallowRef<ServerProblem | null>(null)
  const checked = shallowRef<TemplateCheck | null>(null)
  const isChecking = ref(false)
  const unreadable = reactive(new Map<string, string>())
  const left = reactive(new Set<string>())
  const isStrict = ref(false)
  const asSaved = ref(JSON.stringify(draft.value))

  const isNew = computed(() => saved.value === null)
  const isDirty = computed(() => JSON.stringify(draft.value) !== asSaved.value || unreadable.size > 0)

  /** Everything that is wrong, whether it is told yet or not. */
  const problems = computed<readonly FieldProblem[]>(() => {
    const own = [...unreadable].map(([path, message]) => ({
      path,
      message: `${path} ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    }))
    return [...own, ...(checked.value?.problems ?? []).filter(({ path }) => !unreadable.has(path))]
  })
  const hasLeft = (path: string): boolean => left.has(path) || [...left].some(each => each.startsWith(`${path}.`))
  /** What is told: of fields that were left, and everything once it was tried to save. */
  const shownProblems = computed(() => (isStrict.value ? problems.value : problems.value.filter(({ path }) => hasLeft(path))))
  const problemsAt = (path: string): string | null => problemAt(shownProblems.value, path)
  const hintAt = (path: string): string | null => problemAt(checked.value?.hints ?? [], path)
  /** Problems that are told of these paths and of what is beneath them. */
  const countUnder = (paths: readonly string[]): number =>
    shownProblems.value.filter(({ path }) => paths.some(each => path === each || path.startsWith(`${each}.`))).length

  let round = 0
  const check = async (): Promise<void> => {
    clearTimeout(timer)
    const mine = ++round
    isChecking.value = true
    const { data, problem } = await askServer(checkTemplateQuery, { input: inputOf(draft.value) })
    if (mine !== round) return
    isChecking.value = false
    checkProblem.value = problem
    if (problem !== null) return
    checked.value = data.checkTemplate
    // It answers again. What else a save was refused for, a question that may be older says nothing of.
    if (saveProblem.value?.isUnreachable) saveProblem.value = null
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const checkSoon = (pauseMs: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void check(), pauseMs)
  }
  const leave = (path: string): void => {
    left.add(path)
    checkSoon(LEAVING_PAUSE_MS)
  }
  const tellUnreadable = (path: string, problem: string | null): void => {
    if (problem === null) unreadable.delete(path)
    else unreadable.set(path, problem)
  }
  /** What it was refused for may be over; that somebody else has changed or deleted it meanwhile is not. */
  const forgetRefusal = (): void => {
    const code = saveProblem.value?.code
    if (code !== 'CONFLICT' && code !== 'NOT_FOUND') saveProblem.value = null
  }
  watch(
    draft,
    () => {
      forgetRefusal()
      checkSoon(TYPING_PAUSE_MS)
    },
    { deep: true },
  )
  const connection = useConnection()
  watch(
    () => connection.reconnectCount,
    () => {
      forgetRefusal()
      checkSoon(0)
    },
  )

  const begin = (next: TemplateDraft, as: SavedAs | null): void => {
    round++
    isChecking.value = false
    draft.value = next
    saved.value = as
    asSaved.value = JSON.stringify(next)
    unreadable.clear()
    left.clear()
    isStrict.value = false
    checked.value = null
    saveProblem.value = null
    checkSoon(0)
  }
  const adopt = (template: SavedTemplate): void => {
    const { id, version, isUsed, usageCount } = template
    begin(draftOf(template), { id, version, isUsed, usageCount })
  }
  /** The template that was made just now, on its way to its own page: it stays as it is, with what was written since. */
  const staysAs = ref<string | null>(null)
  /** Which template is edited: an answer that was asked for another one comes too late. */
  let turn = 0
  const turnTo = (version: number | null): number => {
    isSaving.value = false
    notPrepared.value = null
    oldVersion.value = version
    return ++turn
  }
  /** Begins a new template, with what a document or another template has. */
  const start = (from: TemplateDraft = newDraft()): void => {
    turnTo(null)
    loadProblem.value = null
    isLoading.value = false
    begin(from, null)
  }
  /** Takes a choice that was made for the reader as what the template begins with: it is nothing to be lost. */
  const settle = (): void => {
    asSaved.value = JSON.stringify(draft.value)
  }
  const load = async (id: string, version: number | null = null): Promise<void> => {
    const isThere = version === null && staysAs.value === id && saved.value?.id === id
    staysAs.value = null
    if (isThere) return
    const mine = turnTo(version)
    isLoading.value = true
    loadProblem.value = null
    const [answer, old] = version === null ? [await askServer(editedTemplateQuery, { id }), null] : await readOld(id, version)
    if (mine !== turn) return
    isLoading.value = false
    loadProblem.value = answer.problem
    const template = answer.data?.template
    if (answer.problem !== null || template == null) return
    adopt(template)
    // By its number the newest is the newest all the same, to be edited.
    if (version === template.version) oldVersion.value = null
    else if (old !== null) begin(draftOf(old), saved.value)
    else if (version !== null)
      loadProblem.value = { text: goneText(version, template.version), code: 'NOT_FOUND', details: [], isUnreachable: false }
  }
  const readOld = async (id: string, version: number) => {
    const answer = await askServer(oldVersionQuery, { id })
    const found = answer.data?.template?.versions.find(each => each.version === version)
    return [answer, found?.template ?? null] as const
  }
  /** What was written before the session ended, and the version that it was written on. */
  const restore = (kept: TemplateDraft, version: number | null): void => {
    draft.value = kept
    if (saved.value !== null && version !== null) saved.value = { ...saved.value, version }
  }

  const refuse = (problem: ServerProblem): null => {
    isStrict.value = true
    if (problem.details.length === 0) saveProblem.value = problem
    else checked.value = { summary: null, hints: checked.value?.hints ?? [], problems: [...problem.details] }
    return null
  }
  /**
   * Saves it, as a new version where a run has used the one that is there, or as a template of its own; the id, or null: what is wrong is
   * told, or another template is edited by now. What is written meanwhile stays, unsaved.
   */
  const save = async (asCopy = false): Promise<string | null> => {
    if (isSaving.value) return null
    isStrict.value = true
    saveProblem.value = null
    if (unreadable.size > 0) return null
    isSaving.value = true
    if (asCopy) draft.value.name = copyName(draft.value.name)
    const mine = turn
    const sent = JSON.stringify(draft.value)
    const input = inputOf(draft.value)
    const before = asCopy ? null : saved.value
    const answer =
      before === null
        ? await tellServer(createTemplateMutation, { input })
        : await tellServer(updateTemplateMutation, { id: before.id, input, expectedVersion: before.version })
    if (mine !== turn) return null
    isSaving.value = false
    if (answer.problem !== null) return refuse(answer.problem)
    const template = 'createTemplate' in answer.data ? answer.data.createTemplate : answer.data.updateTemplate
    const { id, version, isUsed, usageCount } = template
    if (JSON.stringify(draft.value) === sent && unreadable.size === 0) adopt(template)
    else {
      saved.value = { id, version, isUsed, usageCount }
      asSaved.value = sent
      isStrict.value = false
    }
    return id
  }

  return {
    draft,
    saved,
    oldVersion,
    isNew,
    isDirty,
    isLoading,
    loadProblem,
    isSaving,
    saveProblem,
    notPrepared,
    staysAs,
    checked,
    checkProblem,
    isChecking,
    isStrict,
    problems,
    shownProblems,
    problemsAt,
    hintAt,
    countUnder,
    check,
    leave,
    tellUnreadable,
    start,
    settle,
    load,
    restore,
    save,
  }
})
