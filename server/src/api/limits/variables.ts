import { coerceInputValue, GraphQLError, type GraphQLSchema, isInputType, type OperationDefinitionNode, typeFromAST } from 'graphql'

/** Of the words for a value that is wrong: the value, which may be a password at the wrong place. */
const VALUE = /(cannot represent [\w -]+): [\s\S]*$/

/**
 * Says where a value is wrong, but not the value, as the execution would do: of an object that lacks a field that is all of it, its password too.
 * @throws GraphQLError for the first one
 */
export const boundVariables = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): void => {
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value
    const type = typeFromAST(schema, definition.type as Parameters<typeof typeFromAST>[1])
    const given = Object.hasOwn(variables, name) ? variables[name] : null
    // One that is missing the execution tells, and there is nothing to be told of it.
    if (given == null || !isInputType(type)) continue
    coerceInputValue(given, type, (path, _value, error) => {
      const place = [name, ...path].join('.')
      throw new GraphQLError(`Variable "$${name}" is not right at "${place}": ${error.message.replace(VALUE, '$1')}`, {
        nodes: definition,
        extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
      })
    })
  }
}
