import { type AuditListing, countAuditEntries, type KeptAuditEntry, listAuditEntries } from '@flakebench/store'
import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql'
import { Refusal } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { pageOf, pageSize } from '../page.ts'
import { type AuditEntry, AuditEntryConnection, AuditFilter } from './auditLog.type.ts'

const CURSOR = /^[0-9A-Z]{26}$/

const toListing = (filter: AuditFilter | null): AuditListing => ({
  actor: filter?.actor ?? null,
  action: filter?.action ?? null,
  subjectId: filter?.subjectId ?? null,
  outcome: filter?.outcome ?? null,
  fromMs: filter?.from?.getTime() ?? null,
  toMs: filter?.to?.getTime() ?? null,
})

const toEntry = ({ atMs, detail, ...entry }: KeptAuditEntry): AuditEntry => ({
  ...entry,
  at: new Date(atMs),
  detail: detail === null ? null : JSON.stringify(detail),
})

@Resolver()
export class AuditLogResolver {
  @Query(() => AuditEntryConnection, {
    description: 'Every change that was asked for, newest first, for as long as they are kept: see keepAuditDays of serverSettings.',
  })
  async auditLog(
    @Arg('first', () => Int, { defaultValue: 50 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => AuditFilter, { nullable: true }) filter: AuditFilter | null,
    @Ctx() { db }: ApiContext,
  ): Promise<AuditEntryConnection> {
    const size = pageSize(first)
    if (after != null && !CURSOR.test(after)) {
      const message = 'after is no cursor of the audit log: take endCursor of the page before'
      throw new Refusal('VALIDATION_FAILED', message, [{ path: 'after', message }])
    }
    const listing = toListing(filter)
    const [entries, totalCount] = await Promise.all([
      listAuditEntries(db, listing, size + 1, after ?? null),
      countAuditEntries(db, listing),
    ])
    return pageOf(entries.map(toEntry), size, totalCount)
  }
}
