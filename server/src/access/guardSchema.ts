import { ControlDatabaseUnavailable, insertAuditEntry } from '@flakebench/store'
import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema } from 'graphql'
import type { ApiContext } from '../api/context.ts'
import { type Audited, auditEntryOf } from './auditEntry.ts'
import { decideAccess } from './decideAccess.ts'
import { RULES, type Rule } from './rules.ts'

const require = (rule: Rule, { actor, caller }: ApiContext): void => {
  const refusal = decideAccess(rule, actor)
  if (refusal === null) return
  // Who they are could not be found out: that is another thing than that they are nobody.
  throw caller.unknownBecause ?? refusal
}

type Resolve = GraphQLFieldResolver<unknown, ApiContext, Record<string, unknown>>

const guarded =
  (rule: Rule, resolve: Resolve): Resolve =>
  (root, args, context, info) => {
    require(rule, context)
    return resolve(root, args, context, info)
  }

/** A row in the audit log after each mutation, whatever came of it. */
const audited =
  (resolve: Resolve): Resolve =>
  async (root, args, context, info) => {
    const asked = { action: info.fieldName, args, actor: context.actor, address: context.caller.address }
    try {
      const result: unknown = await resolve(root, args, context, info)
      await record({ ...asked, result, error: null }, context)
      return result
    } catch (error) {
      const written = record({ ...asked, result: null, error }, context)
      // Otherwise whoever asked would wait for what cannot be written either.
      if (!(error instanceof ControlDatabaseUnavailable)) await written
      throw error
    }
  }

const record = async (mutation: Audited, { db, log, access }: ApiContext): Promise<void> => {
  const { action, actor, error } = mutation
  // Whoever has no session only loses a cookie.
  if (action === 'signOut' && actor.method !== 'SESSION') return
  const hasSignedIn = action === 'signIn' && error === null
  if (actor.role === null && !hasSignedIn && !access.strangers.mayWrite()) return
  await insertAuditEntry(db, auditEntryOf(mutation)).catch((error: unknown) =>
    log.error('the audit log could not be written', { action, actor: actor.name, error }),
  )
}

const rootTypesOf = (schema: GraphQLSchema): readonly GraphQLObjectType[] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(type => type != null)

/** Has every root field asked for by those alone who may. @throws for a field without a rule */
export const guardSchema = (schema: GraphQLSchema): GraphQLSchema => {
  for (const type of rootTypesOf(schema)) {
    for (const [name, field] of Object.entries(type.getFields())) {
      const rule = RULES[`${type.name}.${name}`]
      if (rule === undefined) throw new Error(`${type.name}.${name} has no rule who may ask for it: see access/rules.ts`)
      if (type === schema.getSubscriptionType()) {
        field.subscribe = guarded(rule, field.subscribe ?? defaultFieldResolver)
      } else {
        const resolve = guarded(rule, field.resolve ?? defaultFieldResolver)
        field.resolve = type === schema.getMutationType() ? audited(resolve) : resolve
      }
    }
  }
  return schema
}

/** Rules of fields that are not there. */
export const needlessRules = (schema: GraphQLSchema): readonly string[] => {
  const fields = new Set(rootTypesOf(schema).flatMap(type => Object.keys(type.getFields()).map(name => `${type.name}.${name}`)))
  return Object.keys(RULES).filter(name => !fields.has(name))
}
