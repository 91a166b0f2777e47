import { SegmentedControl, Stack, Switch, Text } from '@mantine/core'
import type { ProgramInfo, Settings } from '@shared/contract/system'
import { useId } from 'react'
import { Panel } from './panel'
import { useChangeSettings } from './use-change-settings'

const THEMES: readonly { readonly value: Settings['theme']; readonly label: string }[] = [
  { value: 'auto', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

interface GeneralProps {
  readonly settings: Settings
  readonly info: ProgramInfo
}

export function General({ settings, info }: GeneralProps) {
  const change = useChangeSettings()
  const themeId = useId()
  return (
    <Panel title="General">
      <Stack gap="md" align="flex-start">
        <div>
          <Text id={themeId} size="sm" fw={500} mb={4}>
            Theme
          </Text>
          <SegmentedControl
            aria-labelledby={themeId}
            data={[...THEMES]}
            value={settings.theme}
            onChange={(theme) => change.mutate({ theme: theme as Settings['theme'] })}
          />
        </div>
        <Switch
          label="Notify when a run has ended"
          description={
            info.host === 'electron'
              ? 'A message in the window; also a system notification if the run took over a minute and the window is not in front. Failures are always shown in the window.'
              : 'A message on whatever page is open. Failures are always shown.'
          }
          checked={settings.notifications}
          onChange={(event) => change.mutate({ notifications: event.currentTarget.checked })}
        />
      </Stack>
    </Panel>
  )
}
