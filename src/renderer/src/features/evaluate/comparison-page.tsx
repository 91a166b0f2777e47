import { Alert, Anchor, Button, Group, SegmentedControl, Table, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Page } from '@renderer/components/page'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { formatCount, formatSigned, plural } from '@renderer/lib/format'
import { firstDifference } from '@renderer/lib/text-difference'
import { type EvaluationComparison, PAIRINGS, type Pairing, type RowPair } from '@shared/contract/evaluations'
import { comparisonSentence } from '@shared/evaluation-words'
import { IconAlertTriangle, IconArrowsLeftRight, IconTableExport } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { Answer, Question } from './answer'
import './evaluate.css'
import { useEvaluationActions } from './evaluation-actions'
import { PAGE, RowList } from './row-list'
import { EMPTY_WORDS, PAIRING_WORDS, settingsWords } from './words'

interface ComparisonPageProps {
  readonly first: string
  readonly second: string
}

/** Two evaluations on the rows that both have: who is better, and where they differ. */
export function ComparisonPage({ first, second }: ComparisonPageProps) {
  const [, go] = useLocation()
  const { saveRows } = useEvaluationActions()
  const { data, error, refetch } = useQuery(queries.evaluations.compare.queryOptions({ input: { first, second } }))
  return (
    <Page
      title="Compare evaluations"
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconArrowsLeftRight size={15} />}
            onClick={() => go(`/evaluate/${second}/${first}`)}
          >
            Swap A and B
          </Button>
          <Button
            variant="default"
            leftSection={<IconTableExport size={15} />}
            disabled={!data?.greedy}
            onClick={() => void saveRows(first, second)}
          >
            Rows as CSV
          </Button>
        </>
      }
    >
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <Comparison comparison={data} />
      ) : (
        <LoadingRows />
      )}
    </Page>
  )
}

function Comparison({ comparison }: { readonly comparison: EvaluationComparison }) {
  const { first, second, greedy, sampled, unpaired, warnings } = comparison
  return (
    <>
      <div className="evaluate-sides">
        <div style={{ minWidth: 0 }}>
          <Text fw={600} mb="xs" className="evaluate-wrap" role="status">
            {comparisonSentence(comparison)}
          </Text>
          {sampled && (
            <Text size="sm" mb="xs" className="evaluate-wrap">
              Share of right samples: B minus A {formatSigned(100 * sampled.difference, 1)} points (90 % interval{' '}
              {formatSigned(100 * sampled.low, 1)} to {formatSigned(100 * sampled.high, 1)}).
            </Text>
          )}
          {[first, second].map((one, i) => (
            <Text key={one.id} size="sm" className="evaluate-wrap">
              <strong>{i === 0 ? 'A' : 'B'}</strong>{' '}
              <Anchor href={`#/evaluate/${one.id}`} size="sm" underline="always">
                {one.model}
              </Anchor>{' '}
              on {one.data} <span className="quiet">· {settingsWords(one)}</span>
            </Text>
          ))}
          {unpaired > 0 && (
            <Text size="sm" className="quiet">
              {plural(unpaired, 'row')} that only one of them has {unpaired === 1 ? 'is' : 'are'} left out.
            </Text>
          )}
          {warnings.map((warning) => (
            <Alert key={warning} mt="xs" color="orange" icon={<IconAlertTriangle size={16} />} p="xs">
              {warning}
            </Alert>
          ))}
        </div>
        {greedy && <Counts comparison={comparison} />}
      </div>
      {greedy && <Pairs comparison={comparison} />}
    </>
  )
}

/** The four counts of the test. */
function Counts({ comparison: { counts } }: { readonly comparison: EvaluationComparison }) {
  return (
    <div className="panel">
      <Table aria-label="Rows by who was right" className="evaluate-counts" w="auto">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Rows</Table.Th>
            <Table.Th>B right</Table.Th>
            <Table.Th>B not right</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Table.Tr>
            <Table.Th scope="row">A right</Table.Th>
            <Table.Td>{formatCount(counts.both)}</Table.Td>
            <Table.Td>{formatCount(counts.onlyFirst)}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th scope="row">A not right</Table.Th>
            <Table.Td>{formatCount(counts.onlySecond)}</Table.Td>
            <Table.Td>{formatCount(counts.neither)}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </div>
  )
}

/** Where rows differ most: those that only the better one solved are of interest, and those that it lost. */
function Pairs({ comparison }: { readonly comparison: EvaluationComparison }) {
  const { first, second, counts } = comparison
  const [pairing, setPairing] = useState<Pairing>(
    counts.onlySecond > 0 ? 'onlySecond' : counts.onlyFirst > 0 ? 'onlyFirst' : counts.both > 0 ? 'both' : 'neither',
  )
  const [text, setText] = useState('')
  const [wanted] = useDebouncedValue(text, 200)
  const [page, setPage] = useState(1)
  const [selected, setSelected] = useState<number | null>(null)
  const input = {
    ...{ first: first.id, second: second.id, pairing },
    ...{ text: wanted, limit: PAGE, offset: (page - 1) * PAGE },
  }
  const { data, error, refetch } = useQuery({
    ...queries.evaluations.pairs.queryOptions({ input }),
    placeholderData: keepPreviousData,
  })
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingRows />
  const shown = data.pairs.find((pair) => pair.first.row === selected) ?? data.pairs[0]
  return (
    <>
      <Group mb="xs">
        <SegmentedControl
          size="xs"
          aria-label="Who was right"
          data={PAIRINGS.map((value) => ({
            value,
            label: `${PAIRING_WORDS[value]} right (${formatCount(counts[value])})`,
          }))}
          value={pairing}
          onChange={(next) => {
            setPairing(next as Pairing) // one of the values above
            setPage(1)
          }}
        />
      </Group>
      <div className="evaluate-panes">
        <RowList
          rows={data.pairs.map((pair) => ({ row: pair.first, statuses: [pair.first.status, pair.second.status] }))}
          total={data.total}
          page={page}
          selected={shown?.first.row ?? null}
          text={text}
          empty={EMPTY_WORDS[pairing]}
          onText={(next) => {
            setText(next)
            setPage(1)
          }}
          onPage={setPage}
          onSelect={setSelected}
        />
        {shown && <Pair pair={shown} comparison={comparison} />}
      </div>
    </>
  )
}

function Pair({ pair, comparison }: { readonly pair: RowPair; readonly comparison: EvaluationComparison }) {
  const { first, second } = comparison
  const at =
    pair.first.completion === pair.second.completion
      ? null
      : firstDifference(pair.first.completion, pair.second.completion)
  return (
    <div style={{ minWidth: 0 }}>
      <Question row={pair.first} />
      <Text size="xs" className="quiet" mb={6}>
        {at === null
          ? 'The two answers are the same.'
          : `The answers part after ${plural(at, 'character')}; from there they are marked.`}
      </Text>
      <div className="evaluate-answers">
        <Answer name={`A · ${first.model}`} row={pair.first} samples={first.settings.samples} differsFrom={at} />
        <Answer name={`B · ${second.model}`} row={pair.second} samples={second.settings.samples} differsFrom={at} />
      </div>
    </div>
  )
}
