import { readTemplate, type SavedTemplate } from '@flakebench/store'
import { notFound } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { toTemplate } from './template.map.ts'
import type { Template } from './template.type.ts'

/** A template as GraphQL shows it. */
export const presentTemplate = async (saved: SavedTemplate, context: ApiContext): Promise<Template> => {
  // A run that was deleted is counted no more; its number stays taken, should it be restored.
  const usageCount = saved.usageCount - (await context.deletedRuns.load(saved.id))
  return toTemplate({ ...saved, usageCount }, await connectionNameOf(saved.target.connectionId, context))
}

export const connectionNameOf = async (id: string | null, context: ApiContext): Promise<string | null> =>
  id === null ? null : ((await context.connections.load(id))?.name ?? null)

/** @throws Refusal for an unknown or deleted id */
export const existingTemplate = async (id: string, context: ApiContext): Promise<SavedTemplate> => {
  const saved = await readTemplate(context.db, id)
  if (saved === null) throw notFound('template', id)
  return saved
}

/** Whose name is kept with what they make; null: nobody has signed in. */
export const authorOf = ({ actor }: ApiContext): string | null => (actor.method === 'OPEN' ? null : actor.name)
