"""A collector of a region with two districts, shut to who is not signed in; the roadmap is the first one's."""

REGISTRY = """\
version: 1
territories:
  - {id: "region", kind: region, name: {ru: "Область", en: "Region"}, time_zone: Europe/Moscow}
  - {id: "district", kind: district, parent: "region", name: {ru: "Район", en: "District"}, time_zone: Europe/Moscow}
  - {id: "other", kind: district, parent: "region", name: {ru: "Другой", en: "Other"}, time_zone: Europe/Moscow}
localities:
  - {id: "town", territory: "district", name: {ru: "Город", en: "Town"}, types: [{type: city}]}
  - {id: "village", territory: "other", name: {ru: "Село", en: "Village"}, types: [{type: rural}]}
providers: []
organisations:
  - {id: "school-01", territory: "district", name: {ru: "Школа", en: "School"}}
  - {id: "school-02", territory: "other", name: {ru: "Сад", en: "Kindergarten"}}
sites:
  - id: "site-01"
    locality: "town"
    address: {ru: "Адрес", en: "Address"}
    organisations: [{id: "school-01"}]
    lines: [{id: "line-01", role: main, interface: wan0}]
  - id: "site-02"
    locality: "village"
    address: {ru: "Адрес", en: "Address"}
    organisations: [{id: "school-02"}]
    lines: [{id: "line-02", role: main}]
"""
