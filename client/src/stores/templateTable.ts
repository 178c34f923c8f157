import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { askServer } from '../api/askServer.ts'
import { catalogTableQuery, type TableDetails } from '../api/documents/catalogDocuments.ts'
import { type TemplateStatements, templateStatementsQuery } from '../api/documents/statementDocuments.ts'
import type { ServerProblem } from '../api/serverProblem.ts'
import { inputOf } from './newDraft.ts'
import { useSession } from './session.ts'
import { useTemplateDraft } from './templateDraft.ts'

const PAUSE_MS = 500

/** What is known of the table that the draft names: its columns as the catalog has them, and the statements that a run would send to it. */
export const useTemplateTable = defineStore('templateTable', () => {
  const drafts = useTemplateDraft()
  const session = useSession()
  const details = shallowRef<TableDetails | null>(null)
  const detailsProblem = shallowRef<ServerProblem | null>(null)
  const isReadingDetails = ref(false)
  const statements = shallowRef<TemplateStatements | null>(null)
  const statementsProblem = shallowRef<ServerProblem | null>(null)
  const isReadingStatements = ref(false)

  /** Which table is meant; null: not enough is chosen yet. */
  const place = computed(() => {
    // Looking at other people's tables is for those who write templates.
    if (!session.may('AUTHOR')) return null
    const { connectionId, database, schema, table, tableType } = drafts.draft.target
    if (connectionId === null || table === '' || schema === '' || schema === null) return null
    return tableType === 'POSTGRES' || database !== null ? { connectionId, database, schema, table } : null
  })
  const key = computed(() => JSON.stringify(place.value))

  let round = 0
  const readDetails = async (refresh = false): Promise<void> => {
    const mine = ++round
    const wanted = place.value
    if (wanted === null) {
      details.value = null
      detailsProblem.value = null
      isReadingDetails.value = false
      return
    }
    isReadingDetails.value = true
    const { data, problem } = await askServer(catalogTableQuery, { ...wanted, refresh })
    if (mine !== round) return
    isReadingDetails.value = false
    detailsProblem.value = problem
    details.value = data?.catalogTable ?? null
  }
  let pause: ReturnType<typeof setTimeout> | undefined
  watch(
    key,
    () => {
      details.value = null
      clearTimeout(pause)
      pause = setTimeout(() => void readDetails(), place.value === null ? 0 : PAUSE_MS / 2)
    },
    { immediate: true },
  )

  const asked = computed(() => {
    const { target, operations, advanced } = drafts.draft
    return JSON.stringify([place.value, target.tableType, target.columns, advanced.rangeSize, operations])
  })
  let turn = 0
  const readStatements = async (): Promise<void> => {
    const mine = ++turn
    if (place.value === null) {
      statements.value = null
      statementsProblem.value = null
      isReadingStatements.value = false
      return
    }
    isReadingStatements.value = true
    const variables = { input: inputOf(drafts.draft), templateId: drafts.saved?.id ?? null }
    const { data, problem } = await askServer(templateStatementsQuery, variables)
    if (mine !== turn) return
    isReadingStatements.value = false
    statementsProblem.value = problem
    if (problem === null) statements.value = data.templateStatements
  }
  let wait: ReturnType<typeof setTimeout> | undefined
  watch(
    asked,
    () => {
      clearTimeout(wait)
      wait = setTimeout(() => void readStatements(), PAUSE_MS)
    },
    { immediate: true },
  )
  watch(key, () => {
    statements.value = null
  })

  /** Names of the columns, from the catalog, else from the statements, else as the template has them. */
  const columnNames = computed<readonly string[]>(() => {
    const known = [details.value?.columns, statements.value?.columns, drafts.draft.target.columns]
    return (known.find(columns => columns != null && columns.length > 0) ?? []).map(({ name }) => name)
  })
  const refresh = async (): Promise<void> => {
    await Promise.all([readDetails(true), readStatements()])
  }
  return {
    place,
    details,
    detailsProblem,
    isReadingDetails,
    statements,
    statementsProblem,
    isReadingStatements,
    columnNames,
    refresh,
  }
})
