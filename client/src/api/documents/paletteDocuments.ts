import { graphql, type ResultOf } from '../graphql.ts'

export const paletteSearchQuery = graphql(`
  query PaletteSearch($search: String!) {
    templates(first: 6, search: $search) {
      edges {
        node {
          id
          name
        }
      }
    }
    runs(first: 8, filter: { search: $search }) {
      edges {
        node {
          id
          name
          number
          status
        }
      }
    }
  }
`)

export type PaletteFindings = ResultOf<typeof paletteSearchQuery>
