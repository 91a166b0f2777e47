import { isOwnAddress } from '@main/window/origin'
import { expect, it } from 'vitest'

it.each(['https://gpo-studio.invalid', 'https://gpo-studio.invalid/', 'https://gpo-studio.invalid/#/runs'])(
  '%s is of our pages',
  (address) => expect(isOwnAddress(address)).toBe(true),
)

it.each([
  'https://gpo-studio.invalid.evil.example/',
  'https://gpo-studio.invalid:444/',
  'https://gpo-studio.invalid@evil.example/',
  'http://gpo-studio.invalid/',
  'about:blank',
  'null',
  '',
])('%s is not', (address) => expect(isOwnAddress(address)).toBe(false))
