import { Button, Table, Title } from '@mantine/core'
import type { RunRecord } from '@shared/schemas/run'
import { useMemo, useState } from 'react'
import { type PlanRow, planRows } from './plan-rows'

/** The plan, chosen and changed settings first; and the machine that the run ran on. */
export function PlanPanel({ run }: { readonly run: RunRecord }) {
  const { changed, standard } = useMemo(() => planRows(run.plan), [run.plan])
  const [isWhole, setWhole] = useState(false)
  return (
    <section className="panel" aria-labelledby="plan" style={{ padding: '8px 12px' }}>
      <Title order={2} id="plan" fz="sm" mb={4}>
        Plan
      </Title>
      <Table verticalSpacing={2} horizontalSpacing={6} fz="sm" layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="44%">Setting</Table.Th>
            <Table.Th>Value</Table.Th>
            <Table.Th w="24%">Default</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changed.map((row) => (
            <Row key={row.path} row={row} />
          ))}
          {isWhole && standard.map((row) => <Row key={row.path} row={row} />)}
        </Table.Tbody>
      </Table>
      <Button variant="subtle" size="compact-xs" mt={4} onClick={() => setWhole(!isWhole)} aria-expanded={isWhole}>
        {isWhole ? 'Hide what is at its default' : `Show ${standard.length} settings at their defaults`}
      </Button>
      {run.environment && <Environment environment={run.environment} />}
    </section>
  )
}

function Row({ row }: { readonly row: PlanRow }) {
  const { label, value, standard, isChanged, path } = row
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400} className="quiet" title={path}>
        {label}
      </Table.Th>
      <Table.Td fw={isChanged ? 600 : 400} style={{ overflowWrap: 'anywhere' }} colSpan={standard === null ? 2 : 1}>
        {value}
      </Table.Td>
      {standard !== null && (
        <Table.Td className="quiet" style={{ overflowWrap: 'anywhere' }}>
          {isChanged ? standard : 'same'}
        </Table.Td>
      )}
    </Table.Tr>
  )
}

function Environment({ environment }: { readonly environment: NonNullable<RunRecord['environment']> }) {
  return (
    <>
      <Title order={3} fz="sm" mt="md" mb={4}>
        Ran on
      </Title>
      <Table verticalSpacing={2} horizontalSpacing={6} fz="sm" layout="fixed">
        <Table.Tbody>
          {Object.entries(environment).map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400} className="quiet" w="44%">
                {name}
              </Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  )
}
