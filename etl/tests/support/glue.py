"""A data catalog in memory, which answers as Glue does: pages, limits, errors of single partitions."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

PAGE = 2


class AlreadyExistsException(Exception):
    pass


class EntityNotFoundException(Exception):
    pass


class Exceptions:
    AlreadyExistsException = AlreadyExistsException
    EntityNotFoundException = EntityNotFoundException


class Pages:
    def __init__(self, items: list[Any], key: str) -> None:
        self._items = items
        self._key = key

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for start in range(0, max(1, len(self._items)), PAGE):
            yield {self._key: copy.deepcopy(self._items[start : start + PAGE])}


class Glue:
    """`requests`: every call that changes something, as botocore has it. `fails`: error codes by partition."""

    exceptions = Exceptions()

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, Any]] = {}
        self.partitions: dict[str, dict[str, Any]] = {}
        self.requests: list[dict[str, Any]] = []
        self.fails: dict[str, str] = {}

    def get_paginator(self, operation: str) -> Any:
        glue = self

        class Paginator:
            def paginate(self, DatabaseName: str, TableName: str = "") -> Pages:
                assert DatabaseName == "lake"
                if operation == "get_tables":
                    return Pages(list(glue.tables.values()), "TableList")
                assert operation == "get_partitions"
                return Pages(list(glue.partitions[TableName].values()), "Partitions")

        return Paginator()

    def create_table(self, **request: Any) -> None:
        self._record("CreateTable", request)
        table = request["TableInput"]
        if table["Name"] in self.tables:
            raise AlreadyExistsException
        self.tables[table["Name"]] = table
        self.partitions[table["Name"]] = {}

    def delete_table(self, **request: Any) -> None:
        self._record("DeleteTable", request)
        del self.tables[request["Name"]]
        del self.partitions[request["Name"]]

    def update_table(self, **request: Any) -> None:
        self._record("UpdateTable", request)
        table = request["TableInput"]
        if table["Name"] not in self.tables:
            raise EntityNotFoundException
        self.tables[table["Name"]] = table

    def batch_create_partition(self, **request: Any) -> dict[str, Any]:
        self._record("BatchCreatePartition", request)
        assert len(request["PartitionInputList"]) <= 100
        there = self.partitions[request["TableName"]]
        errors = []
        for given in request["PartitionInputList"]:
            value = given["Values"][0]
            code = self.fails.get(value) or ("AlreadyExistsException" if value in there else None)
            if code is None:
                there[value] = given
            else:
                errors.append({"PartitionValues": [value], "ErrorDetail": {"ErrorCode": code, "ErrorMessage": "no"}})
        return {"Errors": errors}

    def batch_update_partition(self, **request: Any) -> dict[str, Any]:
        self._record("BatchUpdatePartition", request)
        assert len(request["Entries"]) <= 100
        for entry in request["Entries"]:
            self.partitions[request["TableName"]][entry["PartitionValueList"][0]] = entry["PartitionInput"]
        return {}

    def batch_delete_partition(self, **request: Any) -> dict[str, Any]:
        self._record("BatchDeletePartition", request)
        assert len(request["PartitionsToDelete"]) <= 25
        there = self.partitions[request["TableName"]]
        errors = []
        for given in request["PartitionsToDelete"]:
            if there.pop(given["Values"][0], None) is None:
                detail = {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "no"}
                errors.append({"PartitionValues": given["Values"], "ErrorDetail": detail})
        return {"Errors": errors}

    def _record(self, operation: str, request: dict[str, Any]) -> None:
        assert request["DatabaseName"] == "lake"
        self.requests.append({"service": "glue", "operation": operation, "params": copy.deepcopy(request)})
