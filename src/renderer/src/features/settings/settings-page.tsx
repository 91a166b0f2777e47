import { Box, SimpleGrid, Stack } from '@mantine/core'
import { Page } from '@renderer/components/page'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { useQuery } from '@tanstack/react-query'
import { Backends } from './backends'
import { Diagnostics } from './diagnostics'
import { General } from './general'
import { Licences } from './licences'
import { Servers } from './servers'
import { Shortcuts } from './shortcuts'
import { Storage } from './storage'
import { Updates } from './updates'

/** The page of settings: behaviour, backends, sampling servers, storage, and diagnostics. */
export function SettingsPage() {
  const settings = useQuery(queries.system.settings.queryOptions({}))
  const info = useQuery(queries.system.info.queryOptions({}))
  const error = settings.error ?? info.error
  return (
    <Page title="Settings">
      {error && <ErrorState error={error} onRetry={() => void Promise.all([settings.refetch(), info.refetch()])} />}
      {!error && !(settings.data && info.data) && <LoadingRows />}
      {settings.data && info.data && (
        <Stack gap="md" maw={1280}>
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <General settings={settings.data} info={info.data} />
            <Storage info={info.data} />
          </SimpleGrid>
          <Backends settings={settings.data} />
          <Servers />
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <Stack gap="md">
              <Updates settings={settings.data} info={info.data} />
              <Diagnostics />
              <Licences info={info.data} />
            </Stack>
            <Box>
              <Shortcuts isElectron={info.data.host === 'electron'} />
            </Box>
          </SimpleGrid>
        </Stack>
      )}
    </Page>
  )
}
