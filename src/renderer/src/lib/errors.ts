/** Texts of errors for the screen. */
import { ORPCError } from '@orpc/client'

/** The message of an error, for the screen. */
export function messageOf(error: unknown): string {
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') return `${error.message}: ${firstIssue(error.data)}`
  return error instanceof Error ? error.message : String(error)
}

/** True if a run was not resumed because its data, weights, tokenizer or adapter have changed. */
export const isChanged = (error: unknown): boolean =>
  error instanceof ORPCError && (error.data as { code?: unknown } | null)?.code === 'changed'

function firstIssue(data: unknown): string {
  const issues = (data as { issues?: { path?: PropertyKey[]; message?: string }[] } | null)?.issues
  const [issue] = issues ?? []
  return issue ? `${issue.path?.map(String).join('.') ?? ''} ${issue.message ?? ''}`.trim() : 'the input was refused'
}
