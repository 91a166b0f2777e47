import { Alert, Anchor, Box, Button, Collapse, Stack, Switch, Text } from '@mantine/core'
import { ErrorState } from '@renderer/components/states'
import { api } from '@renderer/lib/api'
import type { ProgramInfo, Settings } from '@shared/contract/system'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Panel } from './panel'
import { releaseNotes } from './release-notes'
import { useChangeSettings } from './use-change-settings'

/** Filled in when the program is built. */
declare const __CHANGELOG__: string

/** What would be asked of whom, before anything is. */
function question(address: string | null): string {
  if (address === null)
    return 'This build names no place that knows of newer versions, so nothing can be asked: look where you got it.'
  return `The button asks ${new URL(address).host} for one file, ${address}. It sends no data of yours; the server learns this machine\u2019s network address, as every server does. Nothing is asked without the button, and nothing is downloaded or installed.`
}

interface UpdatesProps {
  readonly settings: Settings
  readonly info: ProgramInfo
}

/** Newer versions, asked for only by hand, and what each version has brought. */
export function Updates({ settings, info }: UpdatesProps) {
  const [isShown, setShown] = useState(false)
  const change = useChangeSettings()
  const check = useMutation({ mutationFn: () => api.system.newestVersion({}) })
  return (
    <Panel
      title="Updates"
      actions={
        <Button
          variant="default"
          disabled={!settings.updates || info.updatesAddress === null}
          loading={check.isPending}
          onClick={() => check.mutate()}
        >
          Check for a newer version
        </Button>
      }
    >
      <Stack gap="sm" align="flex-start">
        <Switch
          label="Allow checking for newer versions"
          description={question(info.updatesAddress)}
          checked={settings.updates}
          disabled={info.updatesAddress === null}
          onChange={(event) => change.mutate({ updates: event.currentTarget.checked })}
        />
        {check.error && <ErrorState error={check.error} onRetry={() => check.mutate()} />}
        {check.data && (
          <Alert w="100%" color={check.data.isNewer ? 'blue' : 'gray'} role="status">
            {check.data.isNewer
              ? `Version ${check.data.version} is there; this is ${info.version}. Get it where you got this one.`
              : `This is ${info.version}; ${check.data.version} is the newest.`}
          </Alert>
        )}
        <Anchor component="button" type="button" size="sm" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? 'Hide' : 'Show'} what each version has brought
        </Anchor>
      </Stack>
      <Collapse expanded={isShown}>
        <Box mah={320} mt="sm" style={{ overflow: 'auto' }} tabIndex={0} role="region" aria-label="Release notes">
          {releaseNotes(__CHANGELOG__).map(({ title, points }) => (
            <Box key={title} mb="sm">
              <Text fw={600} size="sm">
                {title}
              </Text>
              <ul>
                {points.map((point) => (
                  <Text component="li" size="sm" key={point}>
                    {point}
                  </Text>
                ))}
              </ul>
            </Box>
          ))}
        </Box>
      </Collapse>
    </Panel>
  )
}
