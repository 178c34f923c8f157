import type { OperationKind } from '@flakebench/contract'
import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import type { ApiContext } from '../context.ts'
import { OperationKindEnum } from '../enums.ts'
import { TemplateInput } from '../template/template.input.ts'
import { TemplateStatements, TriedStatement } from './statement.type.ts'

/** As it was sent, without the classes of the API. */
const plain = (input: TemplateInput): unknown => JSON.parse(JSON.stringify(input))

@Resolver()
export class StatementResolver {
  @Query(() => TemplateStatements, {
    description:
      "The canonical statements for the table's real columns, and generic ones as they would be sent. Looks at the table; executes none of them. " +
      'The rest of the template need not be right yet.',
  })
  async templateStatements(
    @Arg('input', () => TemplateInput) input: TemplateInput,
    @Arg('templateId', () => ID, { nullable: true }) templateId: string | null,
    @Ctx() { statements, givenUp }: ApiContext,
  ): Promise<TemplateStatements> {
    return await statements.show(plain(input), templateId ?? null, givenUp)
  }

  @Mutation(() => TriedStatement, {
    description:
      'Executes one statement of the mix once, with values as a run would choose them, for the timeout of the template or 20 seconds; what it writes is ' +
      'undone: it is sent in a transaction that is rolled back. Statements that cannot be undone are not sent. What a procedure or a function does outside of ' +
      'the transaction is not undone, nor are sequences set back. With the id of a template its value pools are drawn from.',
  })
  async tryStatement(
    @Arg('input', () => TemplateInput) input: TemplateInput,
    @Arg('kind', () => OperationKindEnum) kind: OperationKind,
    @Arg('label', () => String, { nullable: true, description: 'Of a generic statement, where there are several.' }) label: string | null,
    @Arg('templateId', () => ID, { nullable: true }) templateId: string | null,
    @Ctx() { statements, givenUp }: ApiContext,
  ): Promise<TriedStatement> {
    const { sql, values, problem, ...went } = await statements.tryOne(
      plain(input),
      { kind, label: label ?? null },
      templateId ?? null,
      givenUp,
    )
    return {
      ...went,
      sql: sql ?? '',
      ok: problem === null,
      problem,
      values: values.map((value, i) => ({ position: i + 1, value, isNull: value === null })),
    }
  }
}
