"""The design system: reusable drawing on native elements.

Every component takes concrete values or Vars alike, because the same function
draws a page inside the app and, with plain values, the first HTML of a public page.
"""
