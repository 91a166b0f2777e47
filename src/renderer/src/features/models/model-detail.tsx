/** One model: what it is, what was checked, what can be done with it. */
import { ActionIcon, Alert, Button, Code, Collapse, Group, Stack, Table, Text, Title, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { EditableName } from '@renderer/components/editable-name'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { formatPercent, formatTime } from '@renderer/lib/format'
import { methodName } from '@renderer/lib/run-names'
import type { ModelCheck, ModelDetails, ModelItem } from '@shared/contract/models'
import { shortPath } from '@shared/plan/short-path'
import { IconAlertTriangle, IconCheck, IconChevronDown, IconChevronRight, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { ModelFiles } from './model-files'
import type { ModelActions } from './use-model-actions'

interface ModelDetailProps {
  readonly item: ModelItem
  readonly actions: ModelActions
}

export function ModelDetail({ item, actions }: ModelDetailProps) {
  const details = useQuery({
    ...queries.models.inspect.queryOptions({ input: { id: item.id } }),
    refetchOnMount: 'always',
  })
  const isFolder = item.kind === 'folder' || item.kind === 'adapter'
  return (
    <Stack gap="md">
      <Group justify="space-between" wrap="nowrap">
        <EditableName
          name={item.name}
          of="model"
          onRename={isFolder ? (name) => void actions.rename(item, name) : undefined}
        />
        {isFolder && (
          <Tooltip label="Removes it from the list; its files are kept">
            <ActionIcon aria-label="Remove from the list" onClick={() => void actions.remove(item)}>
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      {item.problem !== null && (
        <Alert color="orange" icon={<IconAlertTriangle size={18} />} title="It cannot be used" role="status">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {item.problem}
          </Text>
        </Alert>
      )}
      <Uses item={item} />
      {item.run && <Origin run={item.run} />}
      {item.since !== null && (
        <Text size="xs" className="quiet">
          {item.kind === 'run' ? 'the run ended' : 'added'} {formatTime(item.since)}
        </Text>
      )}
      {details.isPending && <LoadingRows rows={8} />}
      {details.error && <ErrorState error={details.error} onRetry={() => void details.refetch()} />}
      {details.data && <Findings item={item} details={details.data} />}
    </Stack>
  )
}

function Uses({ item }: Pick<ModelDetailProps, 'item'>) {
  const [, go] = useLocation()
  const isUsable = item.problem === null
  const target = encodeURIComponent(item.path)
  return (
    <Group gap="sm">
      <Button
        disabled={!isUsable}
        onClick={() => go(`/new?${item.kind === 'adapter' ? 'adapter' : 'model'}=${target}`)}
      >
        Use in a new run
      </Button>
      {item.kind === 'run' && (
        <Button variant="default" disabled={!isUsable} onClick={() => go(`/export/${item.run?.id ?? ''}`)}>
          Export
        </Button>
      )}
      <Button variant="default" disabled={!isUsable} onClick={() => go(`/playground?model=${target}`)}>
        Try in the playground
      </Button>
      <Button variant="default" disabled={!isUsable} onClick={() => go(`/evaluate?model=${target}`)}>
        Evaluate
      </Button>
      {item.run && (
        <Button variant="default" onClick={() => go(`/runs/${item.run?.id}`)}>
          Open the run
        </Button>
      )}
    </Group>
  )
}

function Origin({ run }: { readonly run: NonNullable<ModelItem['run']> }) {
  const { objective, criticalStep, adaptation, base, iteration, accuracy } = run
  const what = adaptation === 'lora' ? 'LoRA adapters' : 'all parameters'
  return (
    <Text size="sm">
      {methodName({ objective, criticalStep })} on {shortPath(base)}, {what} trained, checkpoint of iteration{' '}
      {iteration}
      {accuracy !== null && `, accuracy ${formatPercent(accuracy)} held out`}.
    </Text>
  )
}

function Findings({ item, details }: { readonly item: ModelItem; readonly details: ModelDetails }) {
  return (
    <>
      <section aria-label="Facts">
        <Table layout="fixed" withRowBorders={false} verticalSpacing={2} horizontalSpacing={0}>
          <Table.Tbody>
            {details.facts.map(({ label, value }) => (
              <Table.Tr key={label}>
                <Table.Th w={130} className="quiet" fw={400}>
                  {label}
                </Table.Th>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      <section>
        <Title order={3} mb="xs">
          Checks
        </Title>
        <Stack gap={6}>
          {details.checks.map((check) => (
            <CheckLine key={check.label} check={check} />
          ))}
        </Stack>
      </section>
      <section>
        <Title order={3} mb="xs">
          Files
        </Title>
        <Text size="xs" className="mono quiet" style={{ overflowWrap: 'anywhere' }} mb="xs">
          {details.folder}
        </Text>
        <ModelFiles item={item} details={details} />
      </section>
      {details.chatTemplate !== null && <ChatTemplate source={details.chatTemplate} />}
    </>
  )
}

function CheckLine({ check: { label, isGood, finding } }: { readonly check: ModelCheck }) {
  const Mark = isGood ? IconCheck : IconAlertTriangle
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Mark
        size={15}
        color={isGood ? 'var(--helped)' : 'var(--hurt)'}
        role="img"
        aria-label={isGood ? 'good' : 'a problem'}
        style={{ flexShrink: 0, marginTop: 2 }}
      />
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        <b>{label}</b>: {finding}
      </Text>
    </Group>
  )
}

function ChatTemplate({ source }: { readonly source: string }) {
  const [isOpen, { toggle }] = useDisclosure(false)
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <section>
      <Button
        variant="subtle"
        color="gray"
        px={0}
        leftSection={<Chevron size={14} />}
        onClick={toggle}
        aria-expanded={isOpen}
      >
        Chat template
      </Button>
      <Collapse expanded={isOpen}>
        <Code block mah={320} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {source}
        </Code>
      </Collapse>
    </section>
  )
}
