import { Anchor, Button, Group, SegmentedControl, Select, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Page } from '@renderer/components/page'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { formatCount, formatDuration, formatPercent } from '@renderer/lib/format'
import type { Outcome } from '@shared/contract/evaluations'
import type { EvaluationSummary } from '@shared/schemas/evaluation'
import { VERDICT_STATUSES } from '@shared/schemas/verifier'
import { IconRepeat, IconTableExport } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { Answer, Question } from './answer'
import './evaluate.css'
import { useEvaluationActions } from './evaluation-actions'
import { Figures } from './figures'
import { PAGE, RowList } from './row-list'
import { useEvaluations } from './use-evaluations'
import { settingsWords } from './words'

/** One evaluation with its rows. */
export function EvaluationPage({ id }: { readonly id: string }) {
  const { data, error, refetch } = useQuery(queries.evaluations.get.queryOptions({ input: { id } }))
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingRows />
  return <Evaluation evaluation={data} />
}

function Evaluation({ evaluation }: { readonly evaluation: EvaluationSummary }) {
  const [, go] = useLocation()
  const { id, model, data, result, error, settings } = evaluation
  const { repeat, saveRows } = useEvaluationActions()
  return (
    <Page
      title={model}
      subtitle={<Text className="quiet clip">on {data}</Text>}
      actions={
        <>
          <CompareWith evaluation={evaluation} />
          <Button
            variant="default"
            leftSection={<IconTableExport size={15} />}
            disabled={!result}
            onClick={() => void saveRows(id, null)}
          >
            Rows as CSV
          </Button>
          <Button
            variant="default"
            leftSection={<IconRepeat size={15} />}
            onClick={() => void repeat(id).then(() => go('/evaluate'))}
          >
            Run again
          </Button>
        </>
      }
    >
      <Text size="sm" className="quiet" mb="sm">
        <Anchor href="#/evaluate" size="sm" underline="always">
          All evaluations
        </Anchor>{' '}
        · {settingsWords(evaluation)}
        {result && ` · ${formatCount(result.tokens)} tokens in ${formatDuration(result.seconds)}`}
      </Text>
      {result ? (
        <>
          <Figures evaluation={evaluation} />
          <Text size="sm" mb="sm">
            Greedy answers:{' '}
            {VERDICT_STATUSES.filter((status) => result.greedy.statuses[status] > 0)
              .map(
                (status) =>
                  `${formatCount(result.greedy.statuses[status])} ${status} (${formatPercent(result.greedy.statuses[status] / result.n)})`,
              )
              .join(', ')}
            .
          </Text>
          <Rows id={id} model={model} samples={settings.samples} />
        </>
      ) : (
        <Text role={error ? 'alert' : undefined}>
          {error ?? `It is ${evaluation.state}: there are no answers yet.`}
        </Text>
      )}
    </Page>
  )
}

/** Others on the same data come first. */
function CompareWith({ evaluation }: { readonly evaluation: EvaluationSummary }) {
  const [, go] = useLocation()
  const { data = [] } = useEvaluations()
  const others = data.filter(({ id, result }) => result !== null && id !== evaluation.id)
  if (others.length === 0 || !evaluation.result) return null
  const isSame = (one: EvaluationSummary) => one.data === evaluation.data
  const options = (wanted: boolean) =>
    others
      .filter((one) => isSame(one) === wanted)
      .map((one) => ({ value: one.id, label: wanted ? one.model : `${one.model} on ${one.data}` }))
  const groups = [
    { group: 'On the same data', items: options(true) },
    { group: 'On other data', items: options(false) },
  ]
  return (
    <Select
      aria-label="Compare with"
      placeholder="Compare with…"
      w={220}
      searchable
      data={groups.filter(({ items }) => items.length > 0)}
      value={null}
      onChange={(other) => other && go(`/evaluate/${other}/${evaluation.id}`)}
    />
  )
}

const OUTCOMES: readonly { readonly value: Outcome; readonly label: string; readonly empty: string }[] = [
  { value: 'all', label: 'All', empty: 'There is no row.' },
  { value: 'correct', label: 'Correct', empty: 'No answer is correct.' },
  { value: 'wrong', label: 'Wrong', empty: 'No answer is wrong.' },
  { value: 'noAnswer', label: 'Without an answer', empty: 'Every row has an answer.' },
]

interface RowsProps {
  readonly id: string
  readonly model: string
  readonly samples: number
}

function Rows({ id, model, samples }: RowsProps) {
  const [outcome, setOutcome] = useState<Outcome>('all')
  const [text, setText] = useState('')
  const [wanted] = useDebouncedValue(text, 200)
  const [page, setPage] = useState(1)
  const [selected, setSelected] = useState<number | null>(null)
  const input = { id, outcome, text: wanted, limit: PAGE, offset: (page - 1) * PAGE }
  const { data, error, refetch } = useQuery({
    ...queries.evaluations.rows.queryOptions({ input }),
    placeholderData: keepPreviousData,
  })
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingRows />
  const shown = data.rows.find(({ row }) => row === selected) ?? data.rows[0]
  return (
    <>
      <Group mb="xs">
        <SegmentedControl
          size="xs"
          aria-label="Which rows"
          data={OUTCOMES.map(({ value, label }) => ({ value, label }))}
          value={outcome}
          onChange={(next) => {
            setOutcome(next as Outcome) // one of the values above
            setPage(1)
          }}
        />
      </Group>
      <div className="evaluate-panes">
        <RowList
          rows={data.rows.map((row) => ({ row, statuses: [row.status] }))}
          total={data.total}
          page={page}
          selected={shown?.row ?? null}
          text={text}
          empty={OUTCOMES.find(({ value }) => value === outcome)?.empty ?? ''}
          onText={(next) => {
            setText(next)
            setPage(1)
          }}
          onPage={setPage}
          onSelect={setSelected}
        />
        {shown && (
          <div style={{ minWidth: 0 }}>
            <Question row={shown} />
            <Answer name={model} row={shown} samples={samples} differsFrom={null} />
          </div>
        )}
      </div>
    </>
  )
}
