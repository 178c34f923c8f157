import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isListType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity'
import { LIMITS, overLimit } from './limits.ts'
import { boundVariables } from './variables.ts'

/** Of a list that nobody said the length of. */
const USUAL_LENGTH = 5
/** Of one whose length could have been said, and was not. */
const LARGEST_LENGTH = 5_000
/** Arguments that say how much of a list, or of the lists below, is wanted. */
const COUNTS = ['first', 'maxPoints']

/** A value and all below it; a list as often as it was asked for. The edges of a connection are counted where `first` is. */
const countValues: ComplexityEstimator = ({ type, field, args, childComplexity }) => {
  const count = field.args.find(({ name }) => COUNTS.includes(name))
  if (count !== undefined) {
    const wanted: unknown = args[count.name]
    return 1 + (typeof wanted === 'number' ? Math.max(wanted, 0) : LARGEST_LENGTH) * childComplexity
  }
  const isList = isListType(getNullableType(field.type)) && !type.name.endsWith('Connection')
  return 1 + (isList ? USUAL_LENGTH : 1) * childComplexity
}

export interface Asked {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operationName: string | null | undefined
  readonly variables: Readonly<Record<string, unknown>> | null | undefined
}

const TOO_MANY_NODES = /maximum allowed number of nodes/

/**
 * Values that the answer may have; infinite: nobody knows. Null: nothing will be executed, as there is no such operation or its variables are missing, which
 * the execution says better.
 * @throws GraphQLError for a variable that is not right, and for an argument that one leaves without a value
 */
export const complexityOf = ({ schema, document, operationName, variables }: Asked): number | null => {
  const operation = getOperationAST(document, operationName)
  if (operation == null) return null
  boundVariables(schema, operation, variables ?? {})
  if (!areThere(schema, operation, variables ?? {})) return null
  const others = document.definitions.filter(({ kind }) => kind !== Kind.OPERATION_DEFINITION)
  try {
    return getComplexity({
      schema,
      query: { kind: Kind.DOCUMENT, definitions: [operation, ...others] },
      estimators: [countValues],
      variables: { ...variables },
    })
  } catch (error) {
    if (!(error instanceof GraphQLError)) return Number.POSITIVE_INFINITY
    // So many fragments within fragments that counting was given up.
    if (TOO_MANY_NODES.test(error.message)) return Number.POSITIVE_INFINITY
    throw new GraphQLError(error.message, {
      ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
      extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
    })
  }
}

const areThere = (schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): boolean =>
  getVariableValues(schema, operation.variableDefinitions ?? [], { ...variables }, { maxErrors: 1 }).errors === undefined

/** @throws GraphQLError over the limit, or where it cannot be found out */
export const boundComplexity = (asked: Asked): void => {
  const found = complexityOf(asked)
  if (found !== null && found > LIMITS.complexity) {
    throw overLimit(
      `An answer may have about ${LIMITS.complexity} values, and this one might have ${Number.isFinite(found) ? found : 'many more'}: ` +
        'ask for fewer at once (first, maxPoints), or for fewer fields',
    )
  }
}
