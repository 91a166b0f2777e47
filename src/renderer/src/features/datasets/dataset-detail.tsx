/** One dataset: its rows and the roles of its columns, its verifier, its tokens, its bad rows. */
import { ActionIcon, Alert, Box, Button, Group, Stack, Tabs, Text, Tooltip } from '@mantine/core'
import { EditableName } from '@renderer/components/editable-name'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { formatBytes, formatCount, plural } from '@renderer/lib/format'
import type { DatasetDetails, DatasetItem } from '@shared/contract/datasets'
import { IconAlertTriangle, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { BadRows } from './bad-rows'
import { RowsTab } from './rows-tab'
import { TokensTab } from './tokens-tab'
import type { DatasetActions } from './use-dataset-actions'
import { VerifierTab } from './verifier-tab'
import { kindSentence, layoutName } from './words'

interface DatasetDetailProps {
  readonly item: DatasetItem
  readonly actions: DatasetActions
}

export function DatasetDetail({ item, actions }: DatasetDetailProps) {
  const details = useQuery({
    ...queries.datasets.get.queryOptions({ input: { id: item.id } }),
    refetchOnMount: 'always',
  })
  return (
    <Stack className="panel" gap="sm" p="md" style={{ flex: 1, minWidth: 0, minHeight: 0 }}>
      <Header item={item} actions={actions} />
      {details.isPending && <LoadingRows rows={10} />}
      {details.error && <ErrorState error={details.error} onRetry={() => void details.refetch()} />}
      {details.data && <Body details={details.data} actions={actions} />}
    </Stack>
  )
}

function Header({ item, actions }: DatasetDetailProps) {
  const [, go] = useLocation()
  const { name, path, kind, problem, layout, recordKind, rows, usable, bytes, evaluationPath } = item
  const facts = [
    ...(layout === null ? [] : [`read as ${layoutName(layout)}`]),
    ...(rows === null ? [] : [plural(rows, 'row')]),
    ...(rows !== null && usable !== null && usable < rows ? [`${formatCount(usable)} usable`] : []),
    ...(bytes ? [formatBytes(bytes)] : []),
    ...(evaluationPath === null ? [] : ['has an evaluation part']),
  ]
  return (
    <Box>
      <Group justify="space-between" gap="sm">
        <EditableName
          name={name}
          of="dataset"
          onRename={kind === 'file' ? (next) => void actions.change(item, { name: next }) : undefined}
        />
        <Group gap="sm" wrap="nowrap">
          <Button disabled={problem !== null} onClick={() => go(`/new?data=${encodeURIComponent(path)}`)}>
            Use in a new run
          </Button>
          {kind === 'file' && (
            <Tooltip label="Removes it from the list; its file is kept">
              <ActionIcon aria-label="Remove from the list" onClick={() => void actions.remove(item)}>
                <IconTrash size={16} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      </Group>
      <Text size="sm">{facts.join(' · ')}</Text>
      <Text size="xs" className="mono quiet clip" title={path}>
        {path}
      </Text>
      {recordKind && (
        <Text size="xs" className="quiet">
          {kindSentence(recordKind)}
        </Text>
      )}
    </Box>
  )
}

function Body({ details, actions }: { readonly details: DatasetDetails; readonly actions: DatasetActions }) {
  const [tab, setTab] = useState<string | null>('rows')
  const { item, badRowCount } = details
  const isUsable = item.problem === null
  return (
    <>
      {!isUsable && (
        <Alert color="orange" icon={<IconAlertTriangle size={18} />} title="It cannot be used yet" role="status">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }} lineClamp={6}>
            {item.problem}
          </Text>
        </Alert>
      )}
      <Tabs
        value={isUsable ? tab : 'rows'}
        onChange={setTab}
        keepMounted={false}
        style={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}
      >
        <Tabs.List mb="sm">
          <Tabs.Tab value="rows">Rows and columns</Tabs.Tab>
          <Tabs.Tab value="verifier" disabled={!isUsable}>
            Verifier
          </Tabs.Tab>
          <Tabs.Tab value="tokens" disabled={!isUsable}>
            Tokens
          </Tabs.Tab>
          <Tabs.Tab value="bad" disabled={!isUsable}>
            Bad rows <span className="quiet">{formatCount(badRowCount)}</span>
          </Tabs.Tab>
        </Tabs.List>
        <Panel value="rows">
          <RowsTab details={details} actions={actions} />
        </Panel>
        <Panel value="verifier">
          <VerifierTab item={item} actions={actions} />
        </Panel>
        <Panel value="tokens">
          <TokensTab item={item} hasCompletions={details.hasCompletions} />
        </Panel>
        <Panel value="bad">
          <BadRows details={details} />
        </Panel>
      </Tabs>
    </>
  )
}

function Panel({ value, children }: { readonly value: string; readonly children: React.ReactNode }) {
  return (
    <Tabs.Panel value={value} style={{ flex: 1, minHeight: 0, overflow: 'auto' }}>
      {children}
    </Tabs.Panel>
  )
}
