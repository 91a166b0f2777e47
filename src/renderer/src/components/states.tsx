/** What a page shows when it has nothing, is loading, or failed. */
import { Alert, Button, Center, CopyButton, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { messageOf } from '@renderer/lib/errors'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface EmptyStateProps {
  readonly title: string
  /** What to do first. */
  readonly text: ReactNode
  readonly action?: { readonly label: string; readonly onClick: () => void; readonly loading?: boolean }
  readonly children?: ReactNode
}

export function EmptyState({ title, text, action, children }: EmptyStateProps) {
  return (
    <Center mih={240} p="xl">
      <Stack align="center" gap="sm" maw={520}>
        <Title order={2}>{title}</Title>
        <Text ta="center" className="quiet">
          {text}
        </Text>
        {action && (
          <Button mt="sm" onClick={action.onClick} loading={action.loading ?? false}>
            {action.label}
          </Button>
        )}
        {children}
      </Stack>
    </Center>
  )
}

interface ErrorStateProps {
  readonly error: unknown
  readonly title?: string
  readonly onRetry?: () => void
}

/** What went wrong, in place, with a way to try again and the text to send to someone. */
export function ErrorState({ error, title = 'This could not be shown', onRetry }: ErrorStateProps) {
  const message = messageOf(error)
  const diagnostics = error instanceof Error ? `${message}\n${error.stack ?? ''}` : message
  return (
    <Alert m="lg" color="orange" icon={<IconAlertTriangle />} title={title} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text>{message}</Text>
        <Group gap="sm">
          {onRetry && (
            <Button variant="default" onClick={onRetry}>
              Try again
            </Button>
          )}
          <CopyButton value={diagnostics}>
            {({ copied, copy }) => (
              <Button variant="subtle" onClick={copy}>
                {copied ? 'Copied' : 'Copy diagnostics'}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Alert>
  )
}

/** Grey bars where rows will be. */
export function LoadingRows({ rows = 6 }: { readonly rows?: number }) {
  return (
    <Stack gap="sm" p="lg" aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => `row-${i}`).map((key) => (
        <Skeleton key={key} height={22} />
      ))}
    </Stack>
  )
}
