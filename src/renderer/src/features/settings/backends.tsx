import { Badge, Button, Group, List, Select, Stack, Text, Title } from '@mantine/core'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { api, queries } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { formatTime } from '@renderer/lib/format'
import { useLive } from '@renderer/lib/live'
import type { BackendFindings, Settings } from '@shared/contract/system'
import { BACKEND_NAMES } from '@shared/schemas/plan'
import { IconGauge } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { BackendTable } from './backend-table'
import { Panel } from './panel'
import { useChangeSettings } from './use-change-settings'

function choicesOf(findings: BackendFindings | null, current: Settings['backend']) {
  const auto = findings?.chosen ? `automatic: ${findings.chosen}` : 'automatic'
  const reason = (name: string) => findings?.candidates.find((one) => one.name === name)?.reason ?? null
  return [
    { value: 'auto', label: auto },
    ...BACKEND_NAMES.map((name) => ({
      value: name,
      label: reason(name) === null ? name : `${name} (cannot be used here)`,
      disabled: reason(name) !== null && name !== current,
    })),
  ]
}

/** What to do so that a graphics card is used. */
function CardAdvice({ findings }: { readonly findings: BackendFindings | null }) {
  const isUsed = findings?.candidates.some(({ name, isAvailable }) => name.includes('webgpu') && isAvailable) ?? false
  return (
    <div>
      <Title order={3} fz="sm" mb={4}>
        With an NVIDIA card
      </Title>
      <List size="sm" spacing={4}>
        <List.Item>
          <strong>webgpu</strong> needs only NVIDIA’s driver: it goes through Vulkan on Linux (the packages libvulkan1
          and the driver’s, for example nvidia-driver) and through Direct3D 12 on Windows. CUDA is not needed.
          {findings !== null &&
            (isUsed ? ' It is available here.' : ' It is not available here at the moment; its row says why.')}
        </List.Item>
        <List.Item>
          <strong>tensorflow</strong> uses CUDA: install the versions of CUDA and cuDNN that the package’s README names,
          then <code>npm install @tensorflow/tfjs-node-gpu</code> in the program’s folder.
        </List.Item>
        <List.Item>
          Then press Measure. Choose what is fastest in the column GFLOP/s: for small models that is often the CPU,
          because every operation on a card has a fixed cost.
        </List.Item>
      </List>
    </div>
  )
}

/** The choice of the backend, and what was measured of each. */
export function Backends({ settings }: { readonly settings: Settings }) {
  const cache = useCache()
  const { active } = useLive()
  const known = useQuery(queries.system.backends.queryOptions({}))
  const change = useChangeSettings()
  const measure = useMutation({
    mutationFn: () => api.system.measureBackends({}),
    onSuccess: cache.settings.backendsMeasured,
  })
  const findings = known.data ?? null
  return (
    <Panel
      title="Where to compute"
      actions={
        <>
          {findings && (
            <Text size="sm" className="quiet">
              measured at {formatTime(findings.measuredAt)}
            </Text>
          )}
          <Button
            variant="default"
            leftSection={<IconGauge size={15} />}
            loading={measure.isPending}
            onClick={() => measure.mutate()}
          >
            {findings ? 'Measure again' : 'Measure'}
          </Button>
        </>
      }
    >
      <Stack gap="md">
        <Group align="flex-end" gap="md">
          <Select
            label="Default backend"
            description="For the playground, and wherever no backend is chosen"
            w={360}
            allowDeselect={false}
            data={choicesOf(findings, settings.backend)}
            value={settings.backend}
            onChange={(backend) => backend && change.mutate({ backend: backend as Settings['backend'] })}
          />
          {active && (
            <Badge variant="light" color="gray" tt="none" fw={400}>
              a run is training: speeds measured now are lower
            </Badge>
          )}
        </Group>
        {known.error && <ErrorState error={known.error} onRetry={() => void known.refetch()} />}
        {measure.error && (
          <ErrorState
            error={measure.error}
            title="The backends could not be measured"
            onRetry={() => measure.mutate()}
          />
        )}
        {known.isPending && <LoadingRows rows={6} />}
        {findings && <BackendTable findings={findings} />}
        <CardAdvice findings={findings} />
        {known.data === null && !measure.isPending && (
          <Text size="sm" className="quiet">
            Not measured yet. Measuring opens every backend, compares a training step with stored values and times a
            matrix product; it takes a few seconds.
          </Text>
        )}
      </Stack>
    </Panel>
  )
}
