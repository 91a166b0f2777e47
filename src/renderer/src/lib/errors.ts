/** What a failure says to a person. */
import { ORPCError } from '@orpc/client'

/** The sentence of a failure, for the screen. */
export function messageOf(error: unknown): string {
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') return `${error.message}: ${firstIssue(error.data)}`
  return error instanceof Error ? error.message : String(error)
}

function firstIssue(data: unknown): string {
  const issues = (data as { issues?: { path?: PropertyKey[]; message?: string }[] } | null)?.issues
  const [issue] = issues ?? []
  return issue ? `${issue.path?.map(String).join('.') ?? ''} ${issue.message ?? ''}`.trim() : 'the input was refused'
}
