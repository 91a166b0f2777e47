import { Box, Group, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { EditableName } from './editable-name'

interface PageProps {
  readonly title: string
  /** If the title is a name that can be changed. */
  readonly rename?: { readonly of: string; readonly to: (name: string) => void }
  /** Shown beside the title: what the page is about. */
  readonly subtitle?: ReactNode
  readonly actions?: ReactNode
  /** Fill the window's height; the page scrolls inside itself. */
  readonly isFilled?: boolean
  readonly children: ReactNode
}

/** A page with its title and its actions. */
export function Page({ title, rename, subtitle, actions, isFilled = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · GPO Studio`
  }, [title])
  return (
    <Box component="section" p="lg" className={isFilled ? 'page-filled' : undefined} aria-label={title}>
      <Group justify="space-between" mb="md" align="center" style={{ columnGap: 16, rowGap: 8 }}>
        <Group gap="md" align="baseline" wrap="nowrap" style={{ minWidth: 0, flex: '1 1 260px' }}>
          {rename ? (
            <EditableName name={title} of={rename.of} order={1} onRename={rename.to} />
          ) : (
            <Title order={1} className="clip" style={{ flexShrink: 0, maxWidth: '100%' }}>
              {title}
            </Title>
          )}
          {subtitle}
        </Group>
        <Group gap="sm" style={{ maxWidth: '100%' }}>
          {actions}
        </Group>
      </Group>
      {children}
    </Box>
  )
}
