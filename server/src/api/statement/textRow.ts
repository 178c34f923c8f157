import { GraphQLList, type GraphQLScalarType, GraphQLString } from 'graphql'

/** Stands for `[String]`: texts of which each may be missing. Of lists within lists the decorators can only say all or nothing. */
export class TextRow {}

/** For `buildSchema`, which takes any type that needs no fields of its own for a scalar. */
export const TEXT_ROW = { type: TextRow, scalar: new GraphQLList(GraphQLString) as unknown as GraphQLScalarType }
