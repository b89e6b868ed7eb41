"""Every request that doc/openapi.json knows, by everybody there is (tests/matrix.py): each cell of tests/matrix.txt, on two real posts; what is answered is
what the description says of it, to the last member, and every answer has the heads of security."""
import unittest

import answers
import matrix
import openapi
import posts
import test_portal


def media_of(operation, status):
    """What the description says of the body that is answered with this status."""
    return operation["responses"][str(status)].get("content", {})


class Table(unittest.TestCase):
    def test_no_cell_is_missing(self):
        """A request that is new has a line, and whoever is new a column, before anything else passes."""
        table = matrix.load()
        self.assertEqual(sorted(table), sorted(matrix.operations()))
        for name, cells in table.items():
            self.assertEqual(list(cells), matrix.COLUMNS, name)

    def test_every_role_of_the_city_asks(self):
        text = matrix.read("organisation.policy") + matrix.MORE
        roles = {r for line in text.splitlines() if line.startswith("\trole ") for r in line[6:].split(", ")}
        asks = set()
        for member in matrix.PEOPLE.values():
            block = text.split(f"member {member} {{")[1].split("}")[0]
            asks |= set(block.split("\trole ")[1].split("\n")[0].split(", "))
        self.assertEqual(asks, roles)

    def test_nobody_is_let_in(self):
        """Whatever stands in the other columns: without a session, in one of another zone, and below the level of the zone only what is described so is answered."""
        table = matrix.load()
        for name, (method, _, op) in matrix.operations().items():
            needs = op.get("x-needs", "a session of the level that the zone wants")
            for column in ("nobody", "elsewhere"):
                self.assertEqual(table[name][column].startswith("401"), needs != "nothing", (name, column))
            if needs.endswith("wants"):
                self.assertIn(table[name]["below"], ("403:login-more", "403") if method == "HEAD" else ("403:login-more",), name)


@unittest.skipUnless(posts.possible(), "two posts need root")
class Cells(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = matrix.City()
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start(members=False)
        cls.addClassCleanup(cls.lab.stop)
        cls.matrix = matrix.Matrix(cls.lab)
        cls.addClassCleanup(cls.matrix.close)

    def look_at_body(self, name, method, operation, status, heads, body):
        media = media_of(operation, status)
        kind = heads.get("Content-Type")
        if method == "HEAD" or not media or (not body and kind != "application/json"):
            return
        self.assertIn(kind, media)
        if kind != "application/json":
            return
        if status >= 300:
            self.assertIn(body["why"], media[kind]["schema"]["allOf"][1]["properties"]["why"]["enum"])
            self.assertEqual(answers.faults(openapi.REFUSAL, body), [])
            self.assertTrue(body["text"] and "{1}" not in body["text"], body)
        elif name == "uploads.begin":
            self.assertEqual(set(body), {"status", "upload", "offset"})
        elif name not in ("uploads.end",):
            self.assertEqual(answers.faults_of_answer(name, body), [])

    def test_cells(self):
        table = matrix.load()
        operations = matrix.operations()
        for name in sorted(operations):
            for column in matrix.COLUMNS:
                with self.subTest(request=name, by=column):
                    status, heads, body = self.matrix.cell(name, column)
                    self.assertEqual(matrix.word_of(status, body), table[name].get(column), body if status >= 300 else "")
                    self.assertIn(str(status), operations[name][2]["responses"])
                    self.look_at_body(name, operations[name][0], operations[name][2], status, heads, body)
                    for head, value in test_portal.SECURITY.items():
                        self.assertRegex(heads.get(head, ""), f"^{value}")


if __name__ == "__main__":
    unittest.main()
