import { Box, Group, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

interface PageProps {
  readonly title: string
  /** Shown beside the title: what the page is about. */
  readonly subtitle?: ReactNode
  readonly actions?: ReactNode
  /** Fill the window's height; the page scrolls inside itself. */
  readonly isFilled?: boolean
  readonly children: ReactNode
}

/** A page with its title and its actions. */
export function Page({ title, subtitle, actions, isFilled = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · GPO Studio`
  }, [title])
  return (
    <Box
      component="section"
      p="lg"
      style={isFilled ? { display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 } : undefined}
      aria-label={title}
    >
      <Group justify="space-between" mb="md" wrap="nowrap" align="center" gap="lg">
        <Group gap="md" align="baseline" wrap="nowrap" style={{ minWidth: 0 }}>
          <Title order={1} className="clip">
            {title}
          </Title>
          {subtitle}
        </Group>
        <Group gap="sm" wrap="nowrap" style={{ flexShrink: 0 }}>
          {actions}
        </Group>
      </Group>
      {children}
    </Box>
  )
}
