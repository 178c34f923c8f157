import { graphql, type ResultOf } from '../graphql.ts'

const logLineFields = graphql(`
  fragment LogLineFields on RunLogLine {
    id
    seq
    at
    level
    source
    workerId
    message
    exception
  }
`)

export const runLogsQuery = graphql(
  `
    query RunLogs($id: ID!, $first: Int!, $after: String, $levels: [LogLevel!], $sources: [String!]) {
      run(id: $id) {
        id
        logs(first: $first, after: $after, levels: $levels, sources: $sources) {
          lines {
            ...LogLineFields
          }
          endCursor
          hasMore
        }
      }
    }
  `,
  [logLineFields],
)

export const runLogsSubscription = graphql(
  `
    subscription RunLogsLive($runId: ID!, $afterSeq: String, $levels: [LogLevel!], $sources: [String!]) {
      runLogs(runId: $runId, afterSeq: $afterSeq, levels: $levels, sources: $sources) {
        ...LogLineFields
      }
    }
  `,
  [logLineFields],
)

export type LogLine = ResultOf<typeof logLineFields>
export type LogLevel = LogLine['level']
