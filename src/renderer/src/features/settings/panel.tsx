import { Box, Group, Title } from '@mantine/core'
import type { ReactNode } from 'react'

interface PanelProps {
  readonly title: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** One topic of the settings. */
export const Panel = ({ title, actions, children }: PanelProps) => (
  <Box component="section" className="panel" p="md" aria-label={title}>
    <Group justify="space-between" mb="sm" mih={30}>
      <Title order={2}>{title}</Title>
      <Group gap="md">{actions}</Group>
    </Group>
    {children}
  </Box>
)
