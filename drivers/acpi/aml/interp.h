/* SPDX-License-Identifier: MIT */
/*
 * The interpreter's own state, its limits, and what its files call in each
 * other.
 *
 * Execution works on the bytes of the table, without a tree in between.  There
 * are two stacks, both on the heap.  A call is one run of a method (or of a
 * table's outermost level) with its locals and arguments.  A frame is either an
 * operator that still collects its operands or a block whose terms are being
 * executed; frames of all calls lie on one stack.  One loop (aml_run) takes the
 * top frame one step further, so AML of any depth needs no stack of the CPU.
 *
 * One table (opcode.c) says of every byte that begins a term what it is and
 * which operands follow it; executing (term.c) and skipping (parse.c) read it.
 */
#ifndef DRIVERS_ACPI_AML_INTERP_H
#define DRIVERS_ACPI_AML_INTERP_H

#include "drivers/acpi/aml/namespace.h"
#include "drivers/acpi/aml/opcodes.h"
#include "kernel/lib/list.h"

/* The limits.  Breaking one ends the evaluation with the errno in brackets. */
#define AML_MAX_SECONDS	  30U	/* of an evaluation; ACPICA gives them to a While [-ETIMEDOUT] */
#define AML_MAX_TIMEOUTS  4U	/* evaluations that ended so; then no method is run */
#define AML_MAX_CALLS	  255U	/* methods that call each other [-E2BIG] */
#define AML_MAX_FRAMES	  2048U /* terms inside each other, of all calls [-E2BIG] */
#define AML_MAX_MEMORY	  (16U << 20) /* bytes in all [-ENOMEM] */
#define AML_MAX_OBJECT	  (1U << 20)  /* bytes of one string, buffer, package [-E2BIG] */
#define AML_MAX_FIELDS	  4U	      /* index and bank fields behind each other [-E2BIG] */
#define AML_MAX_NESTED	  1U	      /* evaluations that an evaluation needs [-E2BIG] */
#define AML_MAX_SLEEP	  60000U /* milliseconds, of an evaluation, besides those [-ETIMEDOUT] */
#define AML_LONGEST_SLEEP 2000U	 /* milliseconds; a longer Sleep is cut, as in ACPICA */
#define AML_MAX_STALL	  255U	 /* microseconds of one Stall; AML should ask for 100 [-EINVAL] */
#define AML_MAX_TABLES	  64U
#define AML_MAX_MESSAGES  100U /* errors that are printed; and again what the AML says itself */

#define AML_STEPS_A_LOOK 10000U /* terms, or 16 bytes copied: so often the clock is looked at */

struct aml_table {
	const struct acpi_table_header *header;
	char name[8]; /* "DSDT", "SSDT3" */
};

enum aml_frame_kind {
	AML_FRAME_OPERATOR, /* also a method's name, whose operands are its arguments */
	/* blocks */
	AML_FRAME_PACKAGE, /* whose terms are elements */
	AML_FRAME_BODY,	   /* of a method, or a table */
	AML_FRAME_SCOPE,   /* Scope, Device, ... */
	AML_FRAME_IF,	   /* or Else */
	AML_FRAME_WHILE,   /* at its end it is the operator again that asks for the predicate */
};

#define AML_OPERANDS 7 /* of a call with all arguments */

struct aml_op;

struct aml_frame {
	struct aml_frame *below, *above; /* above the top: spare ones, or NULL */
	u8 kind;
	u8 have;  /* operands */
	u8 level; /* of a serialized method's body: the sync level before */
	u16 opcode;
	u32 count; /* elements of a package, tables that Load has run */
	const struct aml_op *op;
	const u8 *operands; /* enum aml_operand: what is to be collected, in all */
	const u8 *start;    /* its opcode or name */
	const u8 *end;	    /* of its package; NULL: it has none */
	const u8 *limit;    /* aml->end outside of it */
	union {
		struct aml_node *node; /* of a Scope: the one around it; of a call: the method */
		struct aml_object *package; /* being filled */
	};
	struct aml_value v[AML_OPERANDS];
};

struct aml_call {
	struct aml_call *caller;
	struct aml_node *scope;	 /* names are relative to it */
	struct aml_node *method; /* counted; the root for a table */
	struct aml_method *code; /* counted; NULL for a table */
	const struct aml_table *table;
	struct aml_node *temporaries;
	const u8 *back_pc;	    /* the caller's */
	struct aml_value slots[15]; /* locals 0..7, arguments 8..14 */
	struct aml_value last;	    /* of a statement or predicate: what no Return gives back */
};

struct aml {
	const struct aml_ops *ops;
	struct aml_node *root;
	struct aml_node *hash[AML_HASH_BUCKETS];
	struct aml_table tables[AML_MAX_TABLES];
	u32 nr_tables;
	bool narrow; /* integers have 32 bits */

	/* running */
	const u8 *pc, *end;	      /* next byte; where the innermost package ends */
	const u8 *term;		      /* the opcode that is being executed, for messages */
	struct aml_frame bottom;      /* of the stack: not used itself */
	struct aml_frame *top, *base; /* base and what is below is another evaluation's */
	u32 asks;		      /* of the interpreter itself, for what an evaluation needs */
	u32 frames, calls, nested, fields;
	struct aml_call *call, *spare_calls;
	struct aml_value result; /* of the frame or call that has just ended */
	struct aml_node *asked;	 /* what is evaluated from outside: for messages; not counted */
	bool failed_said;	 /* the running error was printed */
	u32 steps;		 /* left until the clock is looked at */
	u32 slept;		 /* milliseconds */
	u64 deadline;		 /* in ops->timer()'s units */
	u32 timeouts;
	u8 sync_level;
	struct aml_mutex *held;
	u32 lost;      /* terms that failed while tables were loaded */
	bool connects; /* PCI regions of tables that are loaded: aml_initialize() got so far */

	/* memory */
	struct list_head blocks, dead;
	bool draining;
	u64 bytes, peak;
	u32 nodes, objects;

	/* records */
	u64 steps_total;
	u32 errors, says;
};

static inline void aml_drop(struct aml *aml, struct aml_value *v)
{
	if (v->type > AML_INTEGER)
		aml_put(aml, v);
}

static inline u64 aml_ones(const struct aml *aml)
{
	return aml->narrow ? 0xffffffffULL : ~0ULL;
}

static inline u32 aml_integer_bytes(const struct aml *aml)
{
	return aml->narrow ? 4 : 8;
}

enum aml_block_kind {
	AML_BLOCK_PLAIN,
	AML_BLOCK_NODE,
	AML_BLOCK_OBJECT,
};

/* memory.c: zeroed, or NULL; what is not given back is so by aml_free_all(). */
void *aml_alloc(struct aml *aml, size_t size, enum aml_block_kind kind);
void aml_free(struct aml *aml, void *p);
void aml_bury(struct aml *aml, void *p); /* a node or object whose count is 0 */
void aml_free_all(struct aml *aml);
void aml_object_finish(struct aml *aml, struct aml_object *object); /* object.c */
/* object.c: off the list of those held, where it is on it: released, or about to be freed. */
void aml_forget_held(struct aml *aml, const struct aml_mutex *mutex);
void aml_node_finish(struct aml *aml, struct aml_node *node); /* namespace.c */

/*
 * message.c: print where and what, with table and offset, once for each error;
 * returns `error`.  The second form is about a byte that is not running, in the
 * scope of `node`; the third about what a name gave, after it was asked.
 */
int aml_fail(struct aml *aml, int error, const char *fmt, ...) __printf(3, 4);
int aml_fail_at(struct aml *aml, const u8 *at, const struct aml_node *node, int error,
		const char *fmt, ...) __printf(5, 6);
#define aml_fail_of(aml, node, ...) aml_fail_at(aml, (node)->made, node, __VA_ARGS__)
int aml_look_at_clock(struct aml *aml); /* 0 or -ETIMEDOUT */
/* For what AML itself can say again and again; with a line end. */
void aml_say(struct aml *aml, const char *fmt, ...) __printf(2, 3);
const char *aml_type_name(u8 type);

/* stack.c */
int aml_grow_stack(struct aml *aml);
void aml_pop(struct aml *aml); /* with what it holds; leaves the call where it is its body */
/* f, which has the arguments, becomes the body [start, end): AML_BECAME, or an errno. */
int aml_enter_call(struct aml *aml, struct aml_frame *f, const struct aml_table *table,
		   const u8 *start, const u8 *end);
void aml_become_block(struct aml *aml, struct aml_frame *f, enum aml_frame_kind kind,
		      const u8 *end);

static inline int aml_push(struct aml *aml, enum aml_frame_kind kind, struct aml_frame **out)
{
	struct aml_frame *f = aml->top->above;

	if (unlikely(!f)) {
		int err = aml_grow_stack(aml);

		if (err)
			return err;
		f = aml->top->above;
	}
	f->kind = (u8)kind;
	f->have = 0;
	f->count = 0;
	f->start = aml->term;
	f->end = NULL;
	f->limit = aml->end;
	aml->top = f;
	*out = f;
	return 0;
}

/* `n` steps more: 0 or -ETIMEDOUT. */
static inline int aml_charge(struct aml *aml, u32 n)
{
	if (unlikely(aml->steps <= n))
		return aml_look_at_clock(aml);
	aml->steps -= n;
	return 0;
}

/*
 * An operand is a byte of these: what a term may be and what is taken of it, or
 * one of the first few, which stands in the bytes as it is.  0 ends a list.
 */
enum aml_operand {
	AML_BYTE_DATA = 1, /* 1, 2, 4, 8 bytes: see aml_data_bytes() */
	AML_WORD_DATA,
	AML_DWORD_DATA,
	AML_QWORD_DATA,
	AML_STRING_DATA,
	AML_NEW_NAME, /* to be made: kept as its address in the table */

	AML_TERM = 0x80,     /* its value, but for: */
	AML_IS_PLACE = 0x40, /* a name, local, argument, Debug, or what Index and its like give */
	AML_OPTIONAL = 0x01, /* there may be none; a place may be left out */
	AML_TO_INTEGER = 0x02,
	AML_TO_DATA = 0x04,   /* an integer, string or buffer */
	AML_NO_CALL = 0x08,   /* a method's name is not called */
	AML_MISSING = 0x10,   /* the name may be missing */
	AML_MAY_DEREF = 0x20, /* or the value that DerefOf gives */
};

static inline u32 aml_data_bytes(u8 operand)
{
	return 1U << (operand - AML_BYTE_DATA);
}

/* What begins with a byte, or with AML_EXT_PREFIX and a byte. */
enum aml_term_kind {
	AML_IS_NOTHING,
	AML_IS_NAME,
	AML_IS_CONSTANT,
	AML_IS_SLOT, /* a local or an argument */
	AML_IS_OPERATOR,
	AML_IS_BLOCK, /* an operator whose operands are inside of a package length */
};

/* opcode.c */
struct aml_op {
	int (*run)(struct aml *aml, struct aml_frame *f, struct aml_value *out);
	u8 operands[7];
	u8 kind; /* enum aml_term_kind */
};
extern const struct aml_op aml_plain_ops[256], aml_ext_ops[256], aml_call_op;

static inline const struct aml_op *aml_op(u16 opcode)
{
	return opcode < 0x100 ? &aml_plain_ops[opcode] : &aml_ext_ops[opcode & 0xff];
}

/* The list of a method's arguments, 0 to 7. */
const u8 *aml_argument_list(unsigned int args);

/*
 * term.c: begin the term at pc, for an operand.  0: *out is it; AML_BECAME: a
 * frame works on it, and will deliver it; or an errno.
 */
#define AML_BECAME 1 /* an operator's run(), too: the frame is something else now, or gone */
int aml_begin(struct aml *aml, u8 operand, struct aml_value *out);
/* The operator f begins to collect, its opcode at pc. */
int aml_collect(struct aml *aml, struct aml_frame *f);
/* A name in a package: it stands for itself until somebody looks at it (19.6.101). */
int aml_begin_element(struct aml *aml, struct aml_value *out);

/* exec.c */
int aml_run(struct aml *aml);
int aml_deliver(struct aml *aml, struct aml_value *value);
/* The value of a statement, or of a predicate, is the method's until another is. */
static inline void aml_take_last(struct aml *aml, struct aml_value *value)
{
	if (!value->type)
		return;
	aml_drop(aml, &aml->call->last);
	aml->call->last = *value;
}
/* An element of a package stands for its value where data are needed. */
int aml_to_data(struct aml *aml, struct aml_value *value);

/* run.c */
int aml_call_node(struct aml *aml, struct aml_node *node, const struct aml_value *args, u32 n,
		  struct aml_value *out);
int aml_run_table(struct aml *aml, const struct aml_table *table);

/* parse.c: past the opcode at p, or NULL where it leaves [p, end). */
const u8 *aml_parse_opcode(const u8 *p, const u8 *end, u16 *opcode);
/* The same of a PkgLength (20.2.4): of a package its bytes, of a field its bits. */
const u8 *aml_parse_length(const u8 *p, const u8 *end, u32 *length);
/* The others are from aml->pc on, bounded by aml->end. */
int aml_take_bytes(struct aml *aml, u32 n, u64 *value);
int aml_take_package(struct aml *aml, const u8 **end);
int aml_take_else(struct aml *aml, const u8 **end); /* behind an If: NULL, there is none */
int aml_take_name(struct aml *aml, const u8 **name);
int aml_take_string(struct aml *aml, struct aml_value *out);
bool aml_is_name_char(u8 byte, bool lead); /* of a segment of a name; its first */
static inline bool aml_is_name_start(u8 byte)
{
	return aml_plain_ops[byte].kind == AML_IS_NAME;
}
/* The term at p, without executing it: what follows it, or NULL. */
const u8 *aml_skip_term(struct aml *aml, const u8 *p, const u8 *end);

/* convert.c */
int aml_to_integer(struct aml *aml, const struct aml_value *v, u64 *out);
int aml_to_string(struct aml *aml, const struct aml_value *v, struct aml_value *out);
int aml_to_buffer(struct aml *aml, const struct aml_value *v, struct aml_value *out);
int aml_to_type(struct aml *aml, const struct aml_value *v, u8 type, struct aml_value *out);

/* arithmetic.c: the order of data to other data, which are converted to their type. */
int aml_compare(struct aml *aml, const struct aml_value *a, const struct aml_value *b, int *order);

/* resource.c: bytes before the end tag of a template, ~0U where there is none. */
#define AML_END_TAG 0x79
u32 aml_resource_end(const u8 *bytes, u32 length);

/* device.c: run _REG for the PCI regions that have not seen it; how many failed. */
unsigned int aml_connect_pci_regions(struct aml *aml);

/* predefined.c: 0 or -ENOMEM */
int aml_add_predefined(struct aml *aml);

/* interp.c: as aml_evaluate(), but -ENOENT where the AML missed a name; then it was printed. */
int aml_evaluate_node(struct aml *aml, struct aml_node *node, const struct aml_value *args,
		      unsigned int nr_args, struct aml_value *result);
/* A slot for a table of checked length; NULL: AML_MAX_TABLES. */
struct aml_table *aml_add_table(struct aml *aml, const struct acpi_table_header *header);

/* define.c: -ENOENT, after a line that names it. */
int aml_no_such_name(struct aml *aml, const struct aml_name *name);
/* Make the name of an operand AML_NEW_NAME, uninitialized. */
int aml_define(struct aml *aml, const struct aml_value *operand, struct aml_node **out);
/* The same for an object (NULL: there was no memory), whose count the node takes. */
int aml_define_object(struct aml *aml, const struct aml_value *operand, void *made);
/* The object of that type which an operand names, not counted: 0, -ENOENT, -EINVAL. */
int aml_named_object(struct aml *aml, const struct aml_value *operand, u8 type,
		     struct aml_object **out);
/* NULL: no memory. */
struct aml_region *aml_new_region(struct aml *aml, u16 space, u64 address, u64 size);
/* What Scope may name. */
bool aml_opens_scope(const struct aml_node *node);

/* reference.c: what lies behind a place, and storing to it. */
struct aml_value *aml_slot(struct aml *aml, u32 i);
/* For its value: what was not set is zero from then on, as in Linux. */
struct aml_value *aml_read_slot(struct aml *aml, u32 i);
int aml_load_value(struct aml *aml, const struct aml_value *ref, struct aml_value *out);
/* The same in place of the reference itself, which stays where that fails. */
int aml_dereference(struct aml *aml, struct aml_value *value);
int aml_node_value(struct aml *aml, struct aml_node *node, struct aml_value *out);
int aml_element_value(struct aml *aml, struct aml_object *container, u32 i, struct aml_value *out);
/* By a path in a string (19.6.29): a lone name is searched for upwards.  0 or an errno. */
int aml_search(struct aml *aml, struct aml_node *scope, const struct aml_value *string,
	       struct aml_node **node);
/* To a place; `value` stays the caller's, and what is kept is a copy of it. */
int aml_store(struct aml *aml, const struct aml_value *value, const struct aml_value *target);
/* The same, but a name with data takes the value's type. */
int aml_store_as_is(struct aml *aml, const struct aml_value *value, const struct aml_value *target);

/* field.c, region.c */
/* ACPI 6.5, table 5.134 */
enum aml_space {
	AML_SPACE_MEMORY = 0,
	AML_SPACE_IO = 1,
	AML_SPACE_PCI = 2,
	AML_SPACE_TABLE = 0x100, /* DataTableRegion; not in AML's byte */
};
/* Whether there is something to access: 0, -ENXIO, -ERANGE. */
int aml_check_field(struct aml *aml, const struct aml_field *field);
int aml_check_buffer_field(struct aml *aml, const struct aml_buffer_field *field);
int aml_buffer_field_read(struct aml *aml, const struct aml_buffer_field *field,
			  struct aml_value *out);
int aml_buffer_field_write(struct aml *aml, struct aml_buffer_field *field,
			   const struct aml_value *v);
int aml_field_read(struct aml *aml, struct aml_object *field, struct aml_value *out);
int aml_field_write(struct aml *aml, struct aml_object *field, const struct aml_value *v);
int aml_region_access(struct aml *aml, struct aml_region *region, u64 offset, u32 bytes, u64 *value,
		      bool write);

/* "PNP0A03" of an EISA id, into id[AML_ID_MAX]. */
void aml_eisa_id(u32 value, char *id);

#endif
